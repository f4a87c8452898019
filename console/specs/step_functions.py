"""A template as an AWS Step Functions state that runs the Job on EKS and waits for its end."""

from __future__ import annotations

import copy
from typing import Any

from console.specs.template import Template

RUN_JOB = "arn:aws:states:::eks:runJob.sync"


def step_functions_state(
    template: Template, *, namespace: str = "leaderboard", cluster: str = "$.eks"
) -> dict[str, Any]:
    """The state, with the Job's references left for Step Functions to fill in.

    Its input needs what the template asks for, and under `cluster` the EKS cluster's `name`,
    `endpoint` and `certificate_authority`.
    """
    return {
        "Type": "Task",
        "Resource": RUN_JOB,
        "Parameters": {
            "ClusterName.$": f"{cluster}.name",
            "Endpoint.$": f"{cluster}.endpoint",
            "CertificateAuthority.$": f"{cluster}.certificate_authority",
            "Namespace": namespace,
            "LogOptions": {"RetrieveLogs": False},
            "Job": copy.deepcopy(template.document.content),
        },
        "End": True,
    }
