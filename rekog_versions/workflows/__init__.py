"""Waits that outlive a process: pieces and definitions for AWS's workflow services.

`durable` has pieces for Lambda durable functions, and `state_machine` a training for Step Functions.
"""

__all__: list[str] = []  # the modules are imported by their names, because `durable` needs an extra
