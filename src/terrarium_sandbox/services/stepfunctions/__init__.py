"""Step Functions: executions that really run, by moto's interpreter, mended."""

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:
    """Switch moto's interpreter on, correct it, and add what Terraform and the SDK ask for besides."""
    from moto.core.config import default_user_config

    from terrarium_sandbox.services.stepfunctions.api import install_answers
    from terrarium_sandbox.services.stepfunctions.calls import install_calls
    from terrarium_sandbox.services.stepfunctions.choices import install_choices
    from terrarium_sandbox.services.stepfunctions.executions import install_executions
    from terrarium_sandbox.services.stepfunctions.intrinsics import install_intrinsics
    from terrarium_sandbox.services.stepfunctions.jsonata import refuse_jsonata
    from terrarium_sandbox.services.stepfunctions.stopping import install_stopping
    from terrarium_sandbox.services.stepfunctions.validation import install_validation
    from terrarium_sandbox.services.stepfunctions.waiting import install_waiting

    default_user_config["stepfunctions"]["execute_state_machine"] = True
    install_validation()
    install_calls(sandbox)
    refuse_jsonata()
    install_intrinsics()
    install_choices()
    install_waiting()
    install_stopping()
    install_executions(sandbox)
    install_answers()
