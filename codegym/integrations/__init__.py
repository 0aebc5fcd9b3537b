"""Adaptors to libraries that train, one module each, imported on demand.

=======================  =====================================  ====================================================
module                   library                                 what it gives
=======================  =====================================  ====================================================
``sb3``                  Stable-Baselines3, sb3-contrib          ``CodeRepairVecEnv``, ``RowPolicy``
``rllib``                RLlib, new API stack                    ``RowModule``
``torchrl``              TorchRL                                 ``make_env`` for numbers, ``TextEnv`` for programs
``tianshou``             Tianshou                                ``make_venv``
``networks``             PyTorch alone                           ``RowScores``
``trl``                  TRL                                     ``RolloutFunc``, ``environment_factory``, …
``verifiers``            verifiers                               ``CodeRepairTaskset``, ``CodeRepairEnv`` of verifiers
``openenv``              OpenEnv                                 ``create_app``, ``CodeRepairClient``
=======================  =====================================  ====================================================

Libraries that want numbers in place of text take an environment that importing this package registers, in remote
processes too, as ``"codegym.integrations:CodeRepairChoice-v0"``: see
:func:`codegym.integrations.choice.make_choice_env`.
"""

from gymnasium.envs.registration import register

__all__: list[str] = []

register(id="CodeRepairChoice-v0", entry_point="codegym.integrations.choice:make_choice_env")
