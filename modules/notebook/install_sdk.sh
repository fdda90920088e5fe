#!/bin/bash
# Installs the SDK of the environment into a virtual environment, and registers that as the kernel "Terrarium".
# Runs as the notebook's user. Needs python3.11 and the AWS command line; no package index.
# Exit code 3: the SDK is not published yet.
set -euo pipefail
. "${TERRARIUM_NOTEBOOK:-/etc/terrarium-notebook}"

folder=$HOME/SageMaker/.terrarium # below SageMaker: the only place that outlives a stop of the instance
release=$(basename "$RELEASE_PREFIX")
mkdir -p "$folder"

if [ ! -e "$folder/$release/complete" ]; then
    wheels=$(mktemp -d "$folder/wheels-XXXXXX")
    trap 'rm -rf "$wheels"' EXIT
    for prefix in "$RELEASE_PREFIX" "$DEPENDENCIES_PREFIX"; do
        aws s3 sync --only-show-errors --region "$REGION" "s3://$BUCKET/$prefix" "$wheels"
    done
    if [ ! -e "$wheels/requirements.txt" ]; then
        echo "There is no SDK at s3://$BUCKET/$RELEASE_PREFIX. Publish it: terrarium sdk publish $ENVIRONMENT" >&2
        exit 3
    fi
    rm -rf "${folder:?}/$release"
    python3.11 -m venv "$folder/$release"
    "$folder/$release/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --require-hashes \
        --find-links "$wheels" -r "$wheels/requirements.txt"
    touch "$folder/$release/complete"
fi

"$folder/$release/bin/python" -m ipykernel install --user --name terrarium --display-name Terrarium \
    --env TERRARIUM_ENVIRONMENT "$ENVIRONMENT" \
    --env AWS_REGION "$REGION" --env AWS_DEFAULT_REGION "$REGION" \
    --env MLFLOW_TRACKING_URI "terrarium://$ENVIRONMENT" --env MLFLOW_DISABLE_TELEMETRY true
ln --symbolic --force --no-dereference "$release" "$folder/current"
# What earlier releases have installed, about 1 GB each.
find "$folder" -mindepth 1 -maxdepth 1 ! -name "$release" ! -name current -exec rm -rf {} +
echo "Terrarium's SDK, release $release, is installed."
