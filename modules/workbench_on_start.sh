#!/bin/bash
# Runs as root at every start of a notebook instance: wires it to the platform, and sees that it stops when idle.
set -euo pipefail

cat > /etc/profile.d/terrarium.sh <<PROFILE
export TERRARIUM_ENVIRONMENT=$environment
export AWS_REGION=$region AWS_DEFAULT_REGION=$region
export MLFLOW_TRACKING_URI=terrarium://$environment MLFLOW_DISABLE_TELEMETRY=true
PROFILE

sudo -u ec2-user -i bash -c 'python3 -m pip install --quiet --user "terrarium-ml"' &

cat > /usr/local/bin/stop-when-idle <<'STOP'
#!/usr/bin/env python3
"""Stops this notebook instance once no kernel or terminal has worked for $idle_seconds seconds."""
import datetime, json, ssl, subprocess, sys, urllib.request

def ask(path):
    context = ssl._create_unverified_context()  # Jupyter's own certificate, on loopback
    with urllib.request.urlopen(f"https://localhost:8443/api/{path}", context=context, timeout=10) as answer:
        return json.load(answer)

now = datetime.datetime.now(datetime.timezone.utc)
moments = [datetime.datetime.fromisoformat(ask("status")["started"].replace("Z", "+00:00"))]
for session in ask("sessions"):
    if session["kernel"]["execution_state"] == "busy":
        sys.exit()
    moments.append(datetime.datetime.fromisoformat(session["kernel"]["last_activity"].replace("Z", "+00:00")))
for terminal in ask("terminals"):
    moments.append(datetime.datetime.fromisoformat(terminal["last_activity"].replace("Z", "+00:00")))
if (now - max(moments)).total_seconds() > $idle_seconds:
    name = json.load(open("/opt/ml/metadata/resource-metadata.json"))["ResourceName"]
    subprocess.run(
        ["aws", "sagemaker", "stop-notebook-instance", "--notebook-instance-name", name, "--region", "$region"],
        check=True,
    )
STOP
chmod +x /usr/local/bin/stop-when-idle
echo '*/5 * * * * root /usr/local/bin/stop-when-idle' > /etc/cron.d/stop-when-idle
