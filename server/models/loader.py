"""Checks a model's file, foretells its memory, and starts a process with it."""

from __future__ import annotations

import asyncio

from server.models.backend import CannotStartError
from server.models.configuration import ModelConfiguration
from server.models.memory_need import memory_need
from server.models.model_file import BadModelFileError, MissingModelFileError, check_model_file
from server.models.restarts import Restarts
from server.models.run_file import prepare
from server.models.worker_process import WorkerCrashedError, WorkerLoadError, WorkerProcess


class MissingError(CannotStartError):
    """There is no file, so nothing has failed."""


class Loader:
    """Starts processes of one configuration, with a pause after a crash.

    A model that crashed several times while loading is left alone until its file changes.
    """

    def __init__(self, configuration: ModelConfiguration, load_timeout: float) -> None:
        self._configuration = configuration
        self._load_timeout = load_timeout
        self._restarts = Restarts()
        self._broken: tuple[tuple[int, int] | None, str] | None = None

    async def need(self) -> int:
        """Bytes that the process will hold. Raises CannotStartError if it cannot be started."""
        need, version = await asyncio.to_thread(self._inspect)
        if self._broken is not None:
            broken, reason = self._broken
            if version == broken:
                raise CannotStartError(reason)
            self._broken = None
            self._restarts.answered()
        return need

    async def start(self) -> WorkerProcess:
        """A process with the model loaded. Raises CannotStartError."""
        about = self._configuration
        if about.path is not None:
            await prepare(about.cache_dir, about.path, about.known)
        now = asyncio.get_running_loop().time
        await asyncio.sleep(max(self._restarts.not_before - now(), 0))
        try:
            async with asyncio.timeout(self._load_timeout):
                return await WorkerProcess.start(self._configuration)
        except WorkerLoadError as error:
            raise CannotStartError(str(error)) from error
        except TimeoutError as error:
            raise self._crashed(
                f"The model {self._configuration.id} was not loaded after "
                f"{self._load_timeout:.0f} s. A slow machine may need more: TENON_LOAD_TIMEOUT."
            ) from error
        except OSError as error:
            name = self._configuration.id
            raise CannotStartError(f"No process for the model {name}: {error.strerror}.") from error
        except WorkerCrashedError as error:
            raise self._crashed(str(error)) from error

    def lost(self) -> None:
        """A process crashed after it was ready."""
        self._restarts.crashed(asyncio.get_running_loop().time())

    def answered(self) -> None:
        """A process gave an answer, so the model is whole."""
        self._restarts.answered()

    def usable(self) -> int | None:
        """Bytes that it would hold; None if it is known that it cannot be started."""
        try:
            check_model_file(self._configuration, thorough=False)
            need, version = self._measure()
        except (BadModelFileError, OSError):
            return None
        return None if self._broken is not None and self._broken[0] == version else need

    def _inspect(self) -> tuple[int, tuple[int, int]]:
        try:
            check_model_file(self._configuration)
            return self._measure()
        except MissingModelFileError as error:
            raise MissingError(str(error)) from error
        except BadModelFileError as error:
            raise CannotStartError(str(error)) from error
        except OSError as error:
            raise CannotStartError(f"{error.filename}: {error.strerror}") from error

    def _measure(self) -> tuple[int, tuple[int, int]]:
        """The memory that it needs, and which version of the file is there."""
        path, window = self._configuration.path, self._configuration.context_window
        assert path is not None  # noqa: S101 - it was checked
        status = path.stat()
        version = status.st_size, status.st_mtime_ns
        return memory_need(self._configuration.cache_dir, path, window), version

    def _crashed(self, reason: str) -> CannotStartError:
        self._restarts.crashed_on_load(asyncio.get_running_loop().time())
        if self._restarts.given_up:
            reason += (
                f" It crashed {self._restarts.load_crashes} times while loading and is not "
                "tried again before its file changes or Tenon restarts; fetch the file anew or "
                "choose another model."
            )
            path = self._configuration.path
            status = path.stat() if path is not None and path.is_file() else None
            version = (status.st_size, status.st_mtime_ns) if status else None
            self._broken = version, reason
        return CannotStartError(reason)
