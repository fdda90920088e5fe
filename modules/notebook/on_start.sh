# Runs as root at every start of a notebook instance. What precedes this text in the lifecycle configuration writes the
# settings and the programs that are used here (modules/workbench.py).
# Sources: SageMaker API Reference, NotebookInstanceLifecycleHook (5 minutes, 16,384 characters, root); AWS' samples
# of lifecycle configurations, set-env-variable, for the restart of the Jupyter server.
set -euo pipefail
. /etc/terrarium-notebook

# For terminals and for every kernel: the Jupyter server reads the profile when it starts.
cat > /etc/profile.d/terrarium.sh <<PROFILE
export TERRARIUM_ENVIRONMENT=$ENVIRONMENT
export AWS_REGION=$REGION AWS_DEFAULT_REGION=$REGION
export MLFLOW_TRACKING_URI=terrarium://$ENVIRONMENT MLFLOW_DISABLE_TELEMETRY=true
export PATH=\$PATH:/home/ec2-user/SageMaker/.terrarium/current/bin
PROFILE
systemctl --no-block restart jupyter-server.service

# In the background: after 5 minutes a lifecycle script fails, and the instance with it.
echo "The SDK is being installed. Its log: /home/ec2-user/SageMaker/terrarium-setup.log"
nohup /usr/local/bin/terrarium-setup < /dev/null > /dev/null 2>&1 &

# A timer of systemd, since Amazon Linux 2023 comes without cron.
cat > /etc/systemd/system/terrarium-stop-when-idle.service <<UNIT
[Service]
Type=oneshot
ExecStart=/usr/local/bin/terrarium-stop-when-idle $IDLE_SECONDS $REGION
UNIT
cat > /etc/systemd/system/terrarium-stop-when-idle.timer <<UNIT
[Timer]
OnActiveSec=5min
OnUnitActiveSec=5min
UNIT
systemctl daemon-reload
systemctl start terrarium-stop-when-idle.timer
