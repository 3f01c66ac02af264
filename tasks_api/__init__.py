"""Puts the service together: settings, server, security, observability, checks, command line."""

import warnings

# Connexion imports Starlette's test client, which this service never uses, and Starlette warns at
# every start that the client's HTTP library will change.
warnings.filterwarnings("ignore", message="Using `httpx` with `starlette.testclient`")
