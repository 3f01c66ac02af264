#!/bin/sh
# Holds what builds, releases and deploys the service to the schemas and to the rules of the field.
# Nothing is fetched: schemas and programs come with the packages of requirements/lint.txt and
# requirements/policy.txt.
set -e

PATH="$(pwd)/.venv/bin:$PATH"

hadolint Dockerfile frontend/Dockerfile tests/system/compose/stand_ins/Dockerfile
check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml
check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
zizmor --quiet --offline .github

# The oldest version that deploy/kubernetes is for, and the newest. The kustomization is not a resource
# of Kubernetes; where kubectl is installed, what it makes of it is looked at as well.
resources=$(find deploy/kubernetes -name '*.yaml' ! -name kustomization.yaml)
for version in 1.30 1.37; do
    # shellcheck disable=SC2086 -- a list.
    kubernetes-validate --strict --quiet --kubernetes-version "$version" $resources
done
# It does not look for newer policies, which would take the network.
# By its interpreter, for the script names that in its first line, where a path must not have a space.
.venv-policy/bin/python .venv-policy/bin/checkov --config-file .checkov.yaml
if command -v kubectl >/dev/null; then
    rendered=$(mktemp)
    trap 'rm -f "$rendered"' EXIT
    for each in deploy/kubernetes deploy/kubernetes/frontend; do
        kubectl kustomize "$each" >"$rendered"
        kubernetes-validate --strict --quiet "$rendered"
    done
fi
