"""Waits that outlive a process: pieces and definitions for AWS's workflow services.

`durable` has pieces for Lambda durable functions, `state_machine` a training for Step Functions, `stopper` a function
that stops models on a schedule, and `policies` the IAM policies of the roles.
"""

__all__: list[str] = []  # the modules are imported by their names, because `durable` needs an extra
