"""The composition root: settings, token check, application, command line. Nobody imports it."""

import warnings

# Connexion imports Starlette's test client, which this service never uses, and Starlette says on
# every start that the client's HTTP library will change.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
