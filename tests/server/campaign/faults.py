"""What is done to a world: each fault begins, lasts a while, and is undone; the next may come before that."""

from __future__ import annotations

import signal
from collections.abc import Callable
from random import Random

from tests.server.campaign.hosts import Host
from tests.server.campaign.wires import Weather
from tests.server.campaign.world import World

Undo = Callable[[], None]
Fault = Callable[[World, Random], Undo]
BALLAST = 1 << 20


def node_killed(world: World, random: Random) -> Undo:
    """A node's process is gone at once."""
    node = random.choice(world.nodes)
    node.send(signal.SIGKILL)
    return lambda: world.start(node)


def node_ends(world: World, random: Random) -> Undo:
    """A node is told to end, as by an upgrade."""
    node = random.choice(world.nodes)
    assert node.site.process is not None
    node.site.process.terminate()

    def again() -> None:
        assert node.site.process is not None
        node.site.process.wait(40)
        world.start(node)

    return again


def node_paused(world: World, random: Random) -> Undo:
    """A node stands still and does not know it."""
    node = random.choice(world.nodes)
    node.send(signal.SIGSTOP)
    return lambda: node.send(signal.SIGCONT)


def database_killed(world: World, random: Random) -> Undo:
    """PostgreSQL and all its sessions are gone at once."""
    world.database.send(signal.SIGQUIT)
    return world.database.start


def redis_killed(world: World, random: Random) -> Undo:
    """Redis is gone, with whatever it held."""
    world.redis.send(signal.SIGKILL)
    return world.redis.start


def redis_paused(world: World, random: Random) -> Undo:
    """Redis takes connections and says nothing."""
    world.redis.send(signal.SIGSTOP)
    return lambda: world.redis.send(signal.SIGCONT)


def front_killed(world: World, random: Random) -> Undo:
    """Nginx is gone, and every connection with it."""
    world.front.kill()
    return world.front.start


def _wire(name: str, weather: Weather) -> Fault:
    def spoil(world: World, random: Random) -> Undo:
        world.wires[name].set(weather, random.uniform(0.02, 0.3))
        return lambda: world.wires[name].set(Weather.WELL)

    spoil.__name__ = f"{name}_{weather.value}"
    return spoil


def _full(name: str) -> Fault:
    def fill(world: World, random: Random) -> Undo:
        ballast = world.disks[name] / "ballast"
        try:
            with ballast.open("wb") as file:
                while True:
                    file.write(b"\0" * BALLAST)
                    file.flush()
        except OSError:
            pass
        return lambda: ballast.unlink(missing_ok=True)

    fill.__name__ = f"{name}_disk_full"
    return fill


def clock_stepped(world: World, random: Random) -> Undo:
    """The clock of a node's machine jumps, and is set right later."""
    clock = random.choice(world.clocks)
    clock.write_text(f"{random.choice([-45, -20, -5, 5, 20, 45]):+d}")
    return lambda: world.set_right(clock)


def node_unplugged(world: World, random: Random) -> Undo:
    """Nothing comes from a node's machine and nothing goes there, and nobody is told."""
    return _cable(random.choice(world.hosts), Host.pull)


def node_starved(world: World, random: Random) -> Undo:
    """A node's machine is at the end of a line that lets little through and loses the rest."""
    return _cable(random.choice(world.hosts), Host.spoil)


def _cable(host: Host, hurt: Callable[[Host], None]) -> Undo:
    hurt(host)
    return host.mend


def possible(world: World) -> tuple[Fault, ...]:
    """Every fault that this machine lets us make."""
    wires = tuple(_wire(name, weather) for name in world.wires for weather in Weather if weather is not Weather.WELL)
    disks = tuple(_full(name) for name in world.disks)
    clocks = (clock_stepped,) if world.clocks else ()
    cables = (node_unplugged, node_starved) if world.hosts else ()
    return (
        node_killed, node_ends, node_paused, database_killed, redis_killed, redis_paused, front_killed, *wires, *disks,
        *clocks, *cables,
    )  # fmt: skip
