"""Waits that outlive a process: definitions and handlers for AWS's workflow services.

`state_machine` has a training for Step Functions.
"""
