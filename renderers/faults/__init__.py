"""What goes wrong with sensors: scripted or random faults of every kind, with truth bits and records."""

from .config import FaultConfig
from .frame import ActiveFault, FaultFrame, FaultRecord, FaultResult, FaultTarget
from .kinds import FaultKind, fault_kinds
from .line import FaultLine

__all__ = [
    "ActiveFault",
    "FaultConfig",
    "FaultFrame",
    "FaultKind",
    "FaultLine",
    "FaultRecord",
    "FaultResult",
    "FaultTarget",
    "fault_kinds",
]
