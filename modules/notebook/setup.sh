#!/bin/bash
# Runs as root, in the background of a start: installs Python where it is missing, then the SDK as the notebook's user.
# A failure leaves the log under another name in the folder that JupyterLab shows.
set -uo pipefail
log=/home/ec2-user/SageMaker/terrarium-setup.log
failed=/home/ec2-user/SageMaker/TERRARIUM-SETUP-FAILED.log
rm -f "$failed"
{
    # The kernels of Amazon Linux 2023 notebooks have Python 3.10 (SageMaker Developer Guide, "AL2023 notebook
    # instances"); the SDK needs 3.11, which the repositories of Amazon Linux have.
    { command -v python3.11 || dnf install --assumeyes --quiet python3.11; } &&
        sudo --user ec2-user --login /usr/local/bin/terrarium-install-sdk
} > "$log" 2>&1
status=$?
# The first deployment creates notebooks before it publishes the SDK.
for _ in $(seq 60); do
    [ $status -eq 3 ] || break
    sleep 60
    sudo --user ec2-user --login /usr/local/bin/terrarium-install-sdk >> "$log" 2>&1
    status=$?
done
[ $status -eq 0 ] || mv "$log" "$failed"
chown --silent ec2-user "$log" "$failed"
exit $status
