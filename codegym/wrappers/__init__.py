"""Gymnasium wrappers around :class:`~codegym.env.CodeRepairEnv`; they compose in any order that their spaces allow.

=====================  =======================================  ==========================================
wrapper                action space                             observation space
=====================  =======================================  ==========================================
``ExtractProgram``     text: a chat answer                      as it was
``TokenActions``       ``MultiDiscrete`` or ``Box``: token ids  as it was
``CandidateChoice``    ``Discrete``: which candidate            ``Dict``, with ``candidates``
``ProgramEdits``       ``MultiDiscrete``: place, change         ``Dict``, with ``program``
``GrammarActions``     ``MultiDiscrete``: which productions     as it was
``ChatMessages``       as it was                                ``Sequence`` of role and content
``DialogueText``       as it was                                text
``TokenObservation``   as it was                                ``Box`` of token ids
``VerdictObservation`` as it was                                ``Box`` of a verdict a turn and public test
``RecordEpisode``      as it was                                as it was
=====================  =======================================  ==========================================

Those that change actions go outside of those that look at the observation as the environment gives it
(``RecordEpisode``), and those that change observations outside of those that add to it. In a vector environment they
are given as ``env_wrappers``.
"""

from codegym.wrappers.chat import ChatMessages, DialogueText, ExtractProgram, Which, dialogue_text, extract_program
from codegym.wrappers.choice import CandidateChoice
from codegym.wrappers.edits import ProgramEdits
from codegym.wrappers.grammar import ARITHMETIC, Grammar, GrammarActions
from codegym.wrappers.record import RecordEpisode
from codegym.wrappers.tokens import Bytes, Codec, Letters, TokenActions, TokenObservation
from codegym.wrappers.verdicts import VerdictObservation

__all__ = [
    "ARITHMETIC",
    "Bytes",
    "CandidateChoice",
    "ChatMessages",
    "Codec",
    "DialogueText",
    "ExtractProgram",
    "Grammar",
    "GrammarActions",
    "Letters",
    "ProgramEdits",
    "RecordEpisode",
    "TokenActions",
    "TokenObservation",
    "VerdictObservation",
    "Which",
    "dialogue_text",
    "extract_program",
]
