"""RLlib, new API stack: a module for choices among candidates.

The environment is named, so that remote runners find it: ``"codegym.integrations:CodeRepairChoice-v0"``, with its
arguments as ``env_config``.
"""

from typing import Any

from codegym.integrations.libraries import missing

try:
    from ray.rllib.core.columns import Columns
    from ray.rllib.core.rl_module.apis.value_function_api import ValueFunctionAPI
    from ray.rllib.core.rl_module.torch.torch_rl_module import TorchRLModule
except ImportError as error:
    raise missing("ray[rllib]", "rllib", error) from None

from codegym.integrations.networks import RowActorCritic

ENV = "codegym.integrations:CodeRepairChoice-v0"


class RowModule(TorchRLModule, ValueFunctionAPI):
    """:class:`~codegym.integrations.networks.RowActorCritic` for PPO and its like."""

    def setup(self) -> None:
        """Build the network for the spaces."""
        candidates = int(self.action_space.n)
        self.network = RowActorCritic(candidates, self.observation_space.shape[0] // (1 + candidates))

    def _forward(self, batch: dict[str, Any], **_: Any) -> dict[str, Any]:
        logits, _ = self.network(batch[Columns.OBS])
        return {Columns.ACTION_DIST_INPUTS: logits}

    def compute_values(self, batch: dict[str, Any], embeddings: Any = None) -> Any:
        """The values, of shape ``(batch,)``."""
        return self.network(batch[Columns.OBS])[1].squeeze(-1)
