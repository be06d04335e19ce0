"""The embedded vendor: the whole API over a real loopback socket, with faults on demand."""

from services.sandbox.answers import Refusal
from services.sandbox.catalogue import TEST_PARTIAL, TEST_REFUND
from services.sandbox.faults import ENDPOINTS, KINDS, Fault, FaultPlan
from services.sandbox.vendor import DEMO_KEY, Sandbox, serve

__all__ = [
    "DEMO_KEY",
    "ENDPOINTS",
    "KINDS",
    "TEST_PARTIAL",
    "TEST_REFUND",
    "Fault",
    "FaultPlan",
    "Refusal",
    "Sandbox",
    "serve",
]
