"""TRL: rollouts of several turns, environments with a tool, and a reward for one turn, for ``GRPOTrainer``.

::

    rows = prompts(problems)                                                                 # Dataset.from_list(rows)
    GRPOTrainer(..., rollout_func=RolloutFunc(problems), reward_funcs=episode_return)        # several turns
    GRPOTrainer(..., environment_factory=environment_factory(problems))                      # several, by a tool
    GRPOTrainer(..., reward_funcs=OneTurnReward(problems))                                   # one turn

A rollout whose program could not be run, through no fault of its own, has the reward None, which TRL leaves out.
Nothing needs to be closed: boxes end with the process.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from codegym.datasets import Source
from codegym.env import CodeRepairEnv
from codegym.errors import UsageError
from codegym.integrations.chat import Chat, Ids, sample
from codegym.integrations.libraries import missing
from codegym.integrations.text import TextEpisode, answer_all, text_episode

try:
    import trl  # noqa: F401  (what all of this is for)
except ImportError as error:
    raise missing("trl", "trl", error) from None

Generate = Callable[[Sequence[Ids], Any, int], tuple[list[Ids], list[list[float]]]]
"""Prompts as token ids, the trainer and the tokens of an answer at most → the answers, and log probabilities."""


def prompts(problems: Source, system: str | None = None, **options: Any) -> list[dict[str, Any]]:
    """Rows of a data set: ``prompt`` (messages, of which the last names its problem too) and ``problem_id``.

    Args:
        problems: see :func:`codegym.load_problems`; all of them are gone through.
        system: text of a system message, or None for none.
        options: further arguments of :class:`~codegym.env.CodeRepairEnv`, such as the language.
    """
    env = CodeRepairEnv(problems, **options)
    head = [] if system is None else [{"role": "system", "content": system}]
    rows = []
    for name in env.problems.ids:
        observation, _ = env.reset(options={"problem_id": name})
        message = {"role": "user", "content": observation["problem"], "problem_id": name}
        rows.append({"prompt": [*head, message], "problem_id": name})
    return rows


class RolloutFunc:
    """A ``rollout_func`` that plays whole episodes: the model answers, reads the feedback, and answers again.

    Of the token ids that it returns, ``env_mask`` is 1 for the model's and 0 for those of feedback, whose
    ``logprobs`` are 0. What programs print is never read as a special token. Further fields, which reward functions
    get, are ``episode_return``, ``solved`` and ``turns``, one a rollout.

    Args:
        problems: what the prompts, rows of :func:`prompts`, are of.
        max_new_tokens: of an answer; by default the trainer's ``max_completion_length`` divided by the turns.
        generate: answers to prompts; by default with the trainer's model, in transformers.
        options: further arguments of :class:`~codegym.env.CodeRepairEnv`.
    """

    def __init__(
        self,
        problems: Source,
        *,
        max_new_tokens: int | None = None,
        generate: Generate | None = None,
        **options: Any,
    ) -> None:
        self._episodes = [text_episode(problems, **options)]
        self._turns = self._episodes[0].max_turns
        self._max_new_tokens = max_new_tokens
        self._generate = generate or generate_with_transformers

    def __call__(self, prompts: Sequence[Any], trainer: Any) -> dict[str, list[Any]]:
        """Play an episode for each prompt; see TRL.

        Raises:
            UsageError: a prompt does not name its problem, or the tokenizer has no chat template.
        """
        chat = Chat(trainer.processing_class)
        limit = self._max_new_tokens or max(1, trainer.args.max_completion_length // self._turns)
        while len(self._episodes) < len(prompts):
            self._episodes.append(self._episodes[0].sibling())
        episodes = self._episodes[: len(prompts)]
        for episode, prompt in zip(episodes, prompts, strict=True):
            episode.begin(_named(prompt))
        opened = [chat.opened(prompt) for prompt in prompts]
        said: list[_Said] = [_Said() for _ in prompts]
        while live := [i for i, episode in enumerate(episodes) if not episode.ended]:
            answers, logprobs = self._generate([opened[i] + said[i].ids for i in live], trainer, limit)
            texts = [chat.text(ids) for ids in answers]
            told = answer_all([episodes[i] for i in live], texts)
            for i, ids, scores, feedback in zip(live, answers, logprobs, told, strict=True):
                said[i].add(ids, scores, 1)
                if not episodes[i].ended:
                    between = chat.between(ids, feedback)
                    said[i].add(between, [0.0] * len(between), 0)
        return {
            "prompt_ids": opened,
            "completion_ids": [one.ids for one in said],
            "logprobs": [one.logprobs for one in said],
            "env_mask": [one.mask for one in said],
            "episode_return": [episode.episode_return for episode in episodes],
            "solved": [episode.solved for episode in episodes],
            "turns": [len(episode.rewards) for episode in episodes],
        }


class _Said:
    """What has been said after the prompt."""

    def __init__(self) -> None:
        self.ids: Ids = []
        self.logprobs: list[float] = []
        self.mask: list[int] = []

    def add(self, ids: Ids, logprobs: list[float], own: int) -> None:
        self.ids += ids
        self.logprobs += logprobs
        self.mask += [own] * len(ids)


def _named(prompt: Any) -> str:
    """The problem of a prompt."""
    messages: Iterable[Any] = [] if isinstance(prompt, str) else prompt
    names = [message["problem_id"] for message in messages if message.get("problem_id")]
    if not names:
        raise UsageError(
            f"expected a prompt that names its problem, got {prompt!r:.60}; make the data set of "
            "codegym.integrations.trl.prompts(problems)"
        )
    return str(names[-1])


def generate_with_transformers(
    prompts: Sequence[Ids], trainer: Any, max_new_tokens: int
) -> tuple[list[Ids], list[list[float]]]:
    """Sample answers with the trainer's model, at the temperature, top-p and top-k of its arguments."""
    args, model = trainer.args, trainer.accelerator.unwrap_model(trainer.model)
    options = {"temperature": args.temperature, "top_p": args.top_p, "top_k": args.top_k or 0}
    return sample(model, trainer.processing_class, prompts, max_new_tokens, **options)


def episode_return(completions: Sequence[Any], episode_return: Sequence[float | None], **_: Any) -> list[float | None]:
    """The reward function for :class:`RolloutFunc`: the sum of an episode's rewards."""
    return list(episode_return)


class OneTurnReward:
    """A reward function for one answer to a problem; rows need ``problem_id``.

    Args:
        problems: what the rows are of.
        options: further arguments of :class:`~codegym.env.CodeRepairEnv`.
    """

    __name__ = "codegym"

    def __init__(self, problems: Source, **options: Any) -> None:
        self._first = text_episode(problems, **{**options, "max_turns": 1})

    def __call__(self, completions: Sequence[Any], problem_id: Sequence[str], **_: Any) -> list[float | None]:
        """The reward of each completion, which is text or messages; all are judged at once."""
        episodes = [self._first.sibling() for _ in completions]
        for episode, name in zip(episodes, problem_id, strict=True):
            episode.begin(name)
        answer_all(episodes, [one if isinstance(one, str) else str(one[-1]["content"]) for one in completions])
        return [episode.episode_return for episode in episodes]


def environment_factory(problems: Source, **options: Any) -> Callable[[], "CodeEnvironment"]:
    """What ``GRPOTrainer`` makes its environments with; all use one sandbox.

    Args:
        problems: what the rows are of; where a row has no ``problem_id``, one is drawn.
        options: further arguments of :class:`~codegym.env.CodeRepairEnv`.
    """
    first = text_episode(problems, **options)
    return lambda: CodeEnvironment(first.sibling())


class CodeEnvironment:
    """An environment of TRL: it has one tool, which runs a program.

    Args:
        episode: of its own.
    """

    def __init__(self, episode: TextEpisode) -> None:
        self._episode = episode

    def reset(self, problem_id: str | None = None, **_: Any) -> str | None:
        """Begin the episode of a row, whose prompt has the problem already; or draw one, and give its text."""
        text = self._episode.begin(problem_id)
        return text if problem_id is None else None

    def submit(self, code: str) -> str:
        """Run a program on the public tests and read what happened. The last program is judged by hidden tests.

        Args:
            code: The whole program.

        Returns:
            What the public tests showed.
        """
        return self._episode.settle(code if isinstance(code, str) else "")

    def get_reward(self) -> float | None:
        """The sum of the rewards; turns that were not used count as without a program."""
        self._episode.give_up()
        return self._episode.episode_return
