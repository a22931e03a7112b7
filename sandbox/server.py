"""The sandbox as a whole: one aiohttp server for the API, the gateway, the CDN and the members."""

from __future__ import annotations

import asyncio
import socket
from types import TracebackType

from aiohttp import web

from sandbox.api.app import add_api, add_cdn
from sandbox.api.endpoint import PREFIX, ApiContext
from sandbox.config import SandboxConfig
from sandbox.faults import Faults
from sandbox.gateway.hub import Hub
from sandbox.gateway.socket import gateway_handler
from sandbox.guard import own_pages_only
from sandbox.interactions.callbacks import Callbacks
from sandbox.interactions.files import StarterFolder
from sandbox.interactions.follow_ups import FollowUps
from sandbox.interactions.store import InteractionStore
from sandbox.member.event_streams import EventStreams
from sandbox.member.routes import MemberApi
from sandbox.request_log import RequestLog
from sandbox.rules.messages import MAX_REQUEST_BYTES
from sandbox.rules.rate_limits import Buckets
from sandbox.world.world import World

# A little more than the 25 MiB is read, so that the refusal can be Discord's own.
_BODY_LIMIT = MAX_REQUEST_BYTES + 1024 * 1024


class Sandbox:
    """A Discord on loopback; use as an async context manager, or with start() and stop()."""

    def __init__(self, config: SandboxConfig | None = None) -> None:
        self.config = config or SandboxConfig()
        self.requests = RequestLog()
        self.faults = Faults()
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._world: World | None = None
        self._hub: Hub | None = None
        self._event_streams: EventStreams | None = None

    @property
    def url(self) -> str:
        """Where the web chat is; known after start()."""
        return f"http://{self.config.host}:{self._port}"

    @property
    def api_url(self) -> str:
        """What `discord.http.Route.BASE` is set to."""
        return self.url + PREFIX

    @property
    def gateway_url(self) -> str:
        """What `discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY` is set to."""
        return f"ws://{self.config.host}:{self._port}/gateway"

    @property
    def bot_online(self) -> bool:
        """Whether a bot is connected to the gateway."""
        return self._hub is not None and self._hub.online

    async def start(self) -> None:
        """Listen; raises OSError where the port is taken."""
        # Bound first: stored messages hold addresses with the port.
        listener = socket.create_server((self.config.host, self.config.port))
        self._port = listener.getsockname()[1]
        self._runner = web.AppRunner(self._build(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def stop(self) -> None:
        """Close every connection, then the store; a second call does nothing."""
        if self._runner is None:
            return
        assert self._hub and self._event_streams and self._world  # noqa: S101, PT018  # made by start()
        runner, self._runner = self._runner, None
        self._event_streams.close()
        self._hub.disconnect(1001)
        await asyncio.sleep(0)  # let the close frames go out
        await runner.cleanup()
        await self._world.close()

    async def __aenter__(self) -> Sandbox:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _build(self) -> web.Application:
        self._world = world = World(self.config, self.url)
        self._hub = hub = Hub(world, self.gateway_url)
        self._event_streams = event_streams = EventStreams(world)
        interactions = InteractionStore(world, hub)
        context = ApiContext(
            world=world,
            interactions=interactions,
            callbacks=Callbacks(world, interactions),
            follow_ups=FollowUps(world, interactions),
            buckets=Buckets(self.config.clock),
            faults=self.faults,
            log=self.requests,
            gateway_url=self.gateway_url,
        )
        # Whoever listens on a wider address, in a container for instance, has put something else in front.
        guards = [own_pages_only] if self.config.host in ("127.0.0.1", "localhost", "::1") else []
        app = web.Application(client_max_size=_BODY_LIMIT, middlewares=guards)
        add_api(app, context)
        add_cdn(app, world.attachments)
        app.router.add_get("/gateway", gateway_handler(hub, self.config, world.people))
        app.router.add_get("/gateway/", gateway_handler(hub, self.config, world.people))
        MemberApi(context, hub, event_streams, StarterFolder(self.config.starter_dir)).add_to(app)
        return app
