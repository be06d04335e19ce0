"""The embedded vendor: the whole API over a real loopback socket, with faults on demand.

May import system and domain, but for its models: it shares no code with the client that it judges.
Begin with `sandbox.py`, then `routes.py`.
"""

from services.sandbox.catalog import TEST_PARTIAL, TEST_REFUND
from services.sandbox.faults import KINDS, Fault, FaultPlan
from services.sandbox.responses import SandboxRefusal
from services.sandbox.routes import ENDPOINTS
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
