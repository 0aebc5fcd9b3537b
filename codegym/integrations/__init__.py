"""Adaptors to libraries that train, one module each, imported on demand.

=============  ==============================  ===========================================================
module         library                         what it gives
=============  ==============================  ===========================================================
``sb3``        Stable-Baselines3, sb3-contrib  ``CodeRepairVecEnv``, ``RowPolicy``
``rllib``      RLlib, new API stack            ``RowModule``
``torchrl``    TorchRL                         ``make_env`` for numbers, ``make_text_env``
``tianshou``   Tianshou                        ``make_venv``
``trl``        TRL                             ``RolloutFunc``, ``environment_factory``, ``OneTurnReward``
``verifiers``  verifiers (v1)                  ``CodeRepairTaskset``, ``CodeRepairVerifiersEnv``
``openenv``    OpenEnv                         ``create_app``, ``CodeRepairClient``
``choice``     none                            an environment in numbers alone
``networks``   PyTorch                         ``RowActorCritic`` for that
``chat``       transformers                    turns token by token
``text``       none                            ``TextEpisode``: answers in, feedback out
=============  ==============================  ===========================================================

Libraries that want numbers in place of text take an environment that importing this package registers, in remote
processes too, as ``"codegym.integrations:CodeRepairChoice-v0"``: see
:func:`codegym.integrations.choice.make_choice_env`.
"""

from gymnasium.envs.registration import register

__all__: list[str] = []

register(id="CodeRepairChoice-v0", entry_point="codegym.integrations.choice:make_choice_env")
