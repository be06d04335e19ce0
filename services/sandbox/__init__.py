"""The embedded vendor: the whole API over a real loopback socket, with faults on demand."""

from services.sandbox.catalog import TEST_PARTIAL, TEST_REFUND
from services.sandbox.faults import ENDPOINTS, KINDS, Fault, FaultPlan
from services.sandbox.responses import SandboxRefusal
from services.sandbox.sandbox import DEMO_KEY, Sandbox, serve
from services.sandbox.shapes import SHAPES

__all__ = [
    "DEMO_KEY",
    "ENDPOINTS",
    "KINDS",
    "SHAPES",
    "TEST_PARTIAL",
    "TEST_REFUND",
    "Fault",
    "FaultPlan",
    "Sandbox",
    "SandboxRefusal",
    "serve",
]
