"""Settings: the editor's configuration over `TENON_*` environment variables over defaults.

A value that does not fit never stops Tenon: the next source is used, and `tenon doctor` tells.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import (
    AliasGenerator,
    BaseModel,
    ByteSize,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from agents.inference import Tier
from agents.tools.runners.choose import Wanted
from server.models.catalog import CONTEXT_WINDOW, DEFAULT_MODEL, FALLBACK_MODEL
from server.models.gguf_header import check_embedding_model
from server.models.sources import DEFAULT_SOURCES
from server.models.user_catalog import read_catalog
from server.protocol import Finding, SettingInForce
from server.protocol.schema import camel_case

Source = Literal["environment", "editor", "default"]
_PREFIX = "TENON_"
_SECRET = frozenset({"endpoint_api_key", "embedding_endpoint_api_key", "mongodb_uri"})
_WITHOUT_COMMAND = frozenset({"embedding_endpoint_api_key"})


class ModelOptions(BaseModel):
    """How a model is run and sampled; what is left out comes from the general settings.

    The editor spells `context_window` as `contextWindow`; both are understood everywhere.
    """

    model_config = ConfigDict(
        extra="forbid",
        alias_generator=AliasGenerator(validation_alias=camel_case),
        populate_by_name=True,
    )

    context_window: int | None = Field(default=None, ge=512)
    threads: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0)
    top_k: int | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    min_p: float | None = Field(default=None, ge=0, le=1)
    repeat_penalty: float | None = Field(default=None, gt=0)


class ModelChoice(ModelOptions):
    """One of an agent's models."""

    model: str
    tier: Tier = Tier.STANDARD

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"model": value} if isinstance(value, str) else value


class AgentModel(ModelOptions):
    """What one agent uses instead of the general settings."""

    model: str | None = None
    models: list[ModelChoice] = Field(default_factory=list)
    """Several, in the order of preference, instead of `model`."""


class Settings(BaseSettings):
    """Every setting. The environment variable of `data_dir` is `TENON_DATA_DIR`, and so on."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        validate_default=False,
        protected_namespaces=(),
    )

    data_dir: Path = Field(default_factory=lambda: user_data_path("tenon"))
    cache_dir: Path = Field(default_factory=lambda: user_cache_path("tenon"))
    model: str = DEFAULT_MODEL
    """Id of the catalogue, or path of a GGUF file."""
    heavy_model: str | None = None
    mega_model: str | None = None
    model_paths: dict[str, Path] = Field(default_factory=dict)
    """Id -> GGUF file that is already on this machine."""
    model_fallbacks: Annotated[list[str], NoDecode] = [DEFAULT_MODEL, FALLBACK_MODEL]
    """Tried in this order when no other model can answer."""
    model_options: dict[str, ModelOptions] = Field(default_factory=dict)
    """Name of a model -> how it is run wherever it is used."""
    catalog: Path | None = None
    """JSON file of models that are added to the catalogue."""
    model_sources: Annotated[list[str], NoDecode] = list(DEFAULT_SOURCES)
    memory_budget: ByteSize | None = None
    """Bytes, or `6GiB`, that all models may hold together; None: 60 % of the memory."""
    memory_wait: float = Field(default=120, ge=0)
    """Seconds that a request waits for the memory of models in use."""
    model_ttl: float = Field(default=600, gt=0)
    """Seconds after which a model that nobody uses leaves memory."""
    model_turn: float = Field(default=10, gt=0)
    """Seconds that one model decodes while another waits in the same class."""
    load_timeout: float = Field(default=900, gt=0)
    """Seconds that a model may take to load."""
    scripted_model: Path | None = None
    """For tests alone: a file of prepared replies instead of a model."""
    context_window: int = Field(default=CONTEXT_WINDOW, ge=512)
    threads: int | None = Field(default=None, ge=1)
    """None: as many as there are physical cores."""
    agents: dict[str, AgentModel] = Field(default_factory=dict)
    endpoint_url: str | None = Field(default=None, pattern=r"^https?://")
    endpoint_model: str | None = None
    endpoint_api_key: str | None = Field(default=None, repr=False)
    endpoint_context_window: int = Field(default=32768, ge=512)
    endpoint_connect_timeout: float = Field(default=10, gt=0)
    endpoint_timeout: float = Field(default=1800, gt=0)
    """Seconds until the endpoint's first text, and between two pieces of it."""
    offline: bool = True
    mongodb_uri: str | None = Field(default=None, pattern=r"^mongodb(\+srv)?://", repr=False)
    long_term_uri: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9+.-]*://[^@]*$")
    """Object store of the vectors of code, lessons and snippets; None: the data folder. No
    credentials stand in it: they come from the environment."""
    embedding_model: Path | None = None
    """GGUF file of an embedding model, instead of those that Tenon fetches."""
    embedding_query_prefix: str = ""
    """What that model, or that of the endpoint, wants before a question."""
    embedding_text_prefix: str = ""
    """What it wants before a text that is to be found."""
    embedding_endpoint_url: str | None = Field(default=None, pattern=r"^https?://")
    """OpenAI-compatible server that embeds instead of the model on this machine."""
    embedding_endpoint_model: str | None = None
    embedding_endpoint_dimensions: int = Field(default=768, ge=1)
    """Length of that model's vectors."""
    embedding_endpoint_api_key: str | None = Field(default=None, repr=False)
    retention_days: float = Field(default=730, gt=0)
    """Age at which records leave that nothing depends on any more."""
    retention_records: int = Field(default=100_000, ge=100)
    """The most records of one collection."""
    retention_megabytes: int = Field(default=512, ge=1)
    """The most MiB of one collection."""
    index: bool = True
    """Whether the code of the open repository is kept ready for search, in the background."""
    index_max_files: int = Field(default=20_000, ge=0)
    """The most files of a repository that are indexed; source code comes first."""
    python: Path | None = None
    """Interpreter that runs the repository's tests; found by itself if left out."""
    test_runner: Wanted = "auto"
    """Runner of the repository's tests in its own language; `auto` goes by the repository."""
    spec_path: str = "docs/spec.md"
    commit_spec: bool = True
    max_minutes: float = Field(default=20, gt=0)
    max_candidates: int = Field(default=200, ge=1)
    test_timeout: float = Field(default=60, gt=0)
    parallel_tickets: int = Field(default=1, ge=1)
    """Tickets of a repository that run at a time."""
    git_hooks: bool = False
    """Whether the repository's own hooks run for commits of tickets."""

    @field_validator("model_sources", "model_fallbacks", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("python", mode="before")
    @classmethod
    def _find_command(cls, value: Any) -> Any:
        return shutil.which(value) or value if isinstance(value, str) else value

    @field_validator(
        "data_dir", "cache_dir", "python", "scripted_model", "catalog", "embedding_model"
    )
    @classmethod
    def _expand(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else value

    @field_validator("catalog")
    @classmethod
    def _usable_catalog(cls, value: Path | None) -> Path | None:
        if value is not None:
            read_catalog(value)
        return value

    @field_validator("embedding_model")
    @classmethod
    def _readable_model(cls, value: Path | None) -> Path | None:
        if value is not None:
            check_embedding_model(value)
        return value

    @field_validator("endpoint_api_key", "embedding_endpoint_api_key")
    @classmethod
    def _usable_key(cls, value: str | None) -> str | None:
        # The HTTP library would repeat the key in its error.
        key = value.strip() if value else ""
        if not all("!" <= character <= "~" for character in key):
            raise ValueError("a key has no spaces, line breaks or letters beyond ASCII")
        return key or None

    @field_validator("spec_path")
    @classmethod
    def _confine(cls, value: str) -> str:
        path = Path(value)
        if path.is_absolute() or ".." in path.parts or path.suffix.lower() != ".md":
            raise ValueError("must be a Markdown file inside the repository")
        return path.as_posix()

    @property
    def models_dir(self) -> Path:
        """Folder of downloaded models."""
        return self.cache_dir / "models"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` gives: it reads the environment itself, value by value."""
        return (init_settings,)


class _Environment(EnvSettingsSource):
    """The environment; JSON that does not parse is left to validation, value by value."""

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            return value


@dataclass(frozen=True)
class LoadedSettings:
    """The settings in force, where each came from, and what was wrong."""

    values: Settings
    sources: dict[str, Source] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def downloads_refused(self) -> bool:
        """Whether a person named offline mode; by default a model that is asked for is fetched."""
        return self.values.offline and "offline" in self.sources

    def in_force(self) -> list[SettingInForce]:
        """Every setting as text; secrets are not shown."""
        return [
            SettingInForce(name, _shown(name, value), self.sources.get(name, "default"))
            for name, value in self.values.model_dump(mode="json").items()
        ]


def load(editor: Mapping[str, Any] | None = None) -> LoadedSettings:
    """Read the environment and put the editor's configuration (camelCase names) over it."""
    layers: dict[Source, dict[str, Any]] = {
        "editor": _editor_values(editor or {}),
        "environment": {
            name: value for name, value in _Environment(Settings)().items() if value is not None
        },
    }
    findings = _misplaced_secrets(editor or {})
    while True:
        merged = layers["environment"] | layers["editor"]
        try:
            values = Settings(**merged)
        except ValidationError as error:
            findings.extend(_drop_invalid(error, layers))
            continue
        return LoadedSettings(values, _sources(layers), findings)


def _editor_values(configuration: Mapping[str, Any]) -> dict[str, Any]:
    names = {camel_case(name): name for name in Settings.model_fields if name not in _SECRET}
    return {
        names[key]: value
        for key, value in configuration.items()
        if key in names and value not in (None, "")
    }


def _misplaced_secrets(configuration: Mapping[str, Any]) -> list[Finding]:
    """Settings files are committed, synchronised and traced: no place for a secret."""
    return [
        Finding(
            name=f"setting {name}",
            level="warning",
            text=f"tenon.{camel_case(name)} is a secret and is not taken from the settings.",
            remedy=(
                f"Remove it there. {_by_command(name)} {_PREFIX}{name.upper()} in the environment."
            ),
        )
        for name in sorted(_SECRET)
        if configuration.get(camel_case(name))
    ]


def _by_command(name: str) -> str:
    return "Set" if name in _WITHOUT_COMMAND else "Set it by its command in the editor, or set"


def _drop_invalid(error: ValidationError, layers: Mapping[Source, dict[str, Any]]) -> list[Finding]:
    problems = {str(problem["loc"][0]): problem["msg"] for problem in error.errors()}
    return [_drop(name, reason, layers) for name, reason in problems.items()]


def _drop(name: str, reason: str, layers: Mapping[Source, dict[str, Any]]) -> Finding:
    source: Source = "editor" if name in layers["editor"] else "environment"
    del layers[source][name]
    spelling = f"tenon.{camel_case(name)}" if source == "editor" else _PREFIX + name.upper()
    return Finding(
        name=f"setting {name}",
        level="warning",
        text=f"{spelling} is not usable and is ignored: {reason}.",
        remedy=f"Correct {spelling}.",
    )


def _sources(layers: Mapping[Source, Mapping[str, Any]]) -> dict[str, Source]:
    return {name: source for source in ("environment", "editor") for name in layers[source]}


def _shown(name: str, value: Any) -> str:
    if value is None or value in ({}, []):
        return ""
    if name in _SECRET:
        return "(set)"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
