"""Step Functions: executions run by moto's interpreter of Amazon States Language, with corrections.

The services and the rules of Step Functions import it.
"""

from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:
    """Switch moto's interpreter on, correct it, and add the operations that Terraform and the SDK need."""
    from moto.core.config import default_user_config

    from terrarium_sandbox.services.stepfunctions.api import install_operations
    from terrarium_sandbox.services.stepfunctions.calls import install_calls, task_client
    from terrarium_sandbox.services.stepfunctions.choices import install_choices
    from terrarium_sandbox.services.stepfunctions.executions import forget_threads, install_executions
    from terrarium_sandbox.services.stepfunctions.intrinsics import install_intrinsics
    from terrarium_sandbox.services.stepfunctions.jsonata import refuse_jsonata
    from terrarium_sandbox.services.stepfunctions.stopping import install_stopping
    from terrarium_sandbox.services.stepfunctions.sync_tasks import install_sync_tasks
    from terrarium_sandbox.services.stepfunctions.validation import install_validation

    default_user_config["stepfunctions"]["execute_state_machine"] = True
    install_validation()
    install_calls(sandbox)
    refuse_jsonata()
    install_intrinsics()
    install_choices()
    install_sync_tasks(task_client(sandbox))
    install_stopping()
    forget_threads()
    install_executions(sandbox)
    install_operations()
