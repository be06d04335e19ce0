"""One request from its head to its answer: counted, met by faults, carried out, kept on disk."""

import logging
from datetime import datetime, timedelta
from functools import partial

from services.sandbox.accounts import Accounts
from services.sandbox.control import PREFIX, Control
from services.sandbox.fault_effects import distorted
from services.sandbox.faults import FaultPlan, Strike
from services.sandbox.http_server import MANNERS, Finish, HttpRequest, ResponsePlan
from services.sandbox.request_log import Arrival, PostLog
from services.sandbox.responses import SandboxRefusal, SandboxResponse, refused
from services.sandbox.routes import UNKNOWN, RouteCall, Routes, Target, find_target
from services.system.clock import Clock

# The vendor never prints: its log goes where the program's log goes, or nowhere.
_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())


class Dispatcher:
    """What the listener asks for each request."""

    def __init__(
        self, world: Accounts, routes: Routes, faults: FaultPlan, posts: PostLog, clock: Clock
    ) -> None:
        self._world = world
        self._routes = routes
        self._faults = faults
        self._posts = posts
        self._clock = clock
        self._control = Control(world, faults, posts)

    def begin(self, request: HttpRequest) -> Finish:
        """Take note of a request's head; the result is awaited with the whole body."""
        target = find_target(request.method, request.target)
        if target.path.startswith(PREFIX):
            return partial(self._control_request, request, target)
        arrival = self._posts.opened(request.method, target.endpoint, self._world.now())
        return partial(self._api_request, request, target, arrival)

    async def _control_request(
        self, request: HttpRequest, target: Target, body: bytes
    ) -> ResponsePlan:
        answer = self._control.answer(request.method, target.path, body)
        return ResponsePlan(await self._kept(answer), self._clock.now())

    async def _api_request(
        self, request: HttpRequest, target: Target, arrival: Arrival, body: bytes
    ) -> ResponsePlan:
        arrival.received(body)
        known = target.endpoint != UNKNOWN
        strike = self._faults.take(target.endpoint) if known else Strike()
        call = RouteCall(
            target,
            request.method,
            request.headers.get("x-access-token"),
            request.peer,
            body,
            undone=strike.undone,
            skew=strike.skew,
            lateness=strike.lateness,
            shuffled=strike.has("shuffle_pages"),
        )
        if strike.delay:
            self._posts.received(target.endpoint)
            await self._clock.sleep(strike.delay)
        answer = self._answered(call)
        arrival.order_id = call.order_id
        if not strike.delay:
            self._posts.received(target.endpoint)
        now = self._clock.now() + timedelta(seconds=call.skew)
        answer = distorted(
            await self._kept(answer), strike, target.path, self._routes.request_id(), now
        )
        return _delivery(strike, answer, now)

    def _answered(self, call: RouteCall) -> SandboxResponse:
        try:
            return self._routes.answer(call)
        except Exception:
            _log.exception("the sandbox failed to answer %s", call.target.endpoint)
            return self._broken()

    async def _kept(self, answer: SandboxResponse) -> SandboxResponse:
        """Put what has changed on disk before it is answered."""
        try:
            await self._world.save()
        except OSError as error:
            _log.error("the sandbox cannot keep its state: %s", error.strerror)
            return self._broken()
        return answer

    def _broken(self) -> SandboxResponse:
        refusal = SandboxRefusal(500, "INTERNAL_SERVER_ERROR", "An internal error occurred")
        return refused(refusal, self._routes.request_id())


def _delivery(strike: Strike, answer: SandboxResponse, date: datetime) -> ResponsePlan:
    fault = strike.delivery
    if fault is None or strike.delay or fault.kind not in MANNERS:
        return ResponsePlan(answer, date)
    cut = int(fault.value) if fault.kind == "truncate" and fault.value else None
    return ResponsePlan(answer, date, fault.kind, fault.seconds, cut)
