"""RLEF: a language model learns to use execution feedback, by the algorithm of Gehring et al. (arXiv 2410.02089).

A token-level policy; a value network that predicts one value a turn, at the last token of the prompt; one advantage
for all tokens of a response, its return-to-go less that value, without bootstrapping; a KL penalty a response, on the
geometric mean of its tokens' probabilities; PPO with clipped values. Works with any causal model of transformers:

    python rlef_ppo.py --model SOME/MODEL --problems code_contests:train --held_out code_contests:valid --lora_rank 16

On a laptop, `python rlef_ppo.py --tiny` shows the effect of the paper in minutes (see rlef_tiny.py), and
`--tiny --quick` only that everything runs. Needs `pip install codegym[rlef]`.
"""

import argparse
import copy
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from codegym import CodegymError, Sandbox, judge, load_problems, make_sandbox
from codegym.errors import UsageError
from codegym.wrappers import ExtractProgram

try:
    import torch
    import transformers
    from torch import Tensor, nn
    from torch.nn.utils.rnn import pad_sequence
except ImportError as error:
    sys.exit(f"expected torch and transformers, got: {error}; install them with 'pip install codegym[rlef]'")


@dataclass(frozen=True)
class Settings:
    """Every hyperparameter. The values are the paper's, or, where it is silent, marked as ours."""

    model: str = ""
    problems: str = "builtin"
    held_out: str = "builtin"
    out: str = "rlef"
    seed: int = 0
    sandbox: str = "auto"
    # The decision process.
    max_turns: int = 3
    feedback: str = "all_failures"
    # Sampling.
    rollouts: int = 1024
    temperature: float = 1.0
    top_p: float = 0.95  # of evaluations; rollouts are sampled from the whole distribution
    max_prompt_tokens: int = 2048
    max_response_tokens: int = 1024  # ours
    # Learning.
    iterations: int = 3000  # of four updates each
    minibatch: int = 256  # rollouts an update
    micro_batch: int = 8  # ours: turns in memory at once
    learning_rate: float = 2e-7
    value_learning_rate: float = 2e-7  # ours: the same
    weight_decay: float = 0.1
    warm_up: int = 50  # updates
    schedule: str = "constant_with_warmup"  # of the learning rate, by a name that transformers knows
    clip: float = 0.2
    value_clip: float = 0.2
    value_weight: float = 0.5  # ours
    kl: float = 0.05
    max_gradient_norm: float = 1.0  # ours
    lora_rank: int = 0  # ours; 0 trains all weights
    # Evaluation.
    evaluation_temperature: float = 0.2
    evaluation_feedback: tuple[str, ...] = ("all_failures", "random", "none")
    evaluation_rollouts: int = 20  # a problem
    evaluate_every: int = 100  # ours; iterations
    evaluation_problems: int = 200  # ours; the first of them

    def __post_init__(self) -> None:
        """Refuse counts that are none."""
        for one in fields(self):
            value, least = (
                getattr(self, one.name),
                0 if one.name in ("seed", "iterations", "warm_up", "lora_rank") else 1,
            )
            if isinstance(value, int) and value < least:
                raise UsageError(f"expected {one.name} to be at least {least}, got {value}")


THREADS = 8
"""Of them each waits for one program; how many run at once is the sandbox's choice."""

PLAIN = """{% for message in messages %}{% if loop.index0 %}

### {{ message.role }}
{% endif %}{{ message.content }}{% endfor %}{% if add_generation_prompt %}

### assistant
{% endif %}"""
"""The dialogue of a model whose tokenizer has no chat template of its own."""


@dataclass
class Turn:
    """One response.

    Attributes:
        prompt: its tokens, all that was said before.
        response: its tokens.
        program: the program in it; empty for none.
        reward: of the environment.
        passed: whether the program passed the public tests.
        log_probs: of its tokens when it was sampled; this and the rest are set by :func:`assess`.
        divergence: of the policy from its start: the mean over tokens of the difference of log-probabilities.
        value: predicted.
        to_go: the return from here to the end.
        advantage: of every token of it, normalised.
    """

    prompt: list[int]
    response: list[int]
    program: str
    reward: float
    passed: bool
    log_probs: Tensor = field(default_factory=lambda: torch.zeros(0), repr=False)
    divergence: float = 0.0
    value: float = 0.0
    to_go: float = 0.0
    advantage: float = 0.0


@dataclass
class Rollout:
    """One episode.

    Attributes:
        env: where it is played.
        messages: what was said.
        turns: the responses.
        solved: whether the last program passed everything.
    """

    env: gym.Env[Any, str]
    messages: list[dict[str, str]]
    turns: list[Turn] = field(default_factory=list)
    solved: bool = False


class Value(nn.Module):
    """A network of its own that predicts the return of a turn from its prompt."""

    def __init__(self, backbone: nn.Module, width: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.head = nn.Linear(width, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, inputs: dict[str, Tensor]) -> Tensor:
        """One value a prompt, at its last token."""
        hidden = self.backbone(**inputs).last_hidden_state[:, -1]
        values: Tensor = self.head(hidden.float()).squeeze(-1)
        return values


class Agent:
    """A policy, the frozen model that it began as, and its value network.

    Args:
        model: a causal model of transformers; it is trained in place.
        tokenizer: its tokenizer.
        settings: all of them.
    """

    def __init__(self, model: Any, tokenizer: Any, settings: Settings) -> None:
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.settings = settings
        self.tokenizer = tokenizer
        tokenizer.chat_template = tokenizer.chat_template or PLAIN
        ends = model.generation_config.eos_token_id or tokenizer.eos_token_id
        self.ends: list[int] = ends if isinstance(ends, list) else [ends]
        self.pad = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id
        # What a model brings along, such as a penalty for repetition, would be no part of the policy that is trained.
        model.generation_config = transformers.GenerationConfig(eos_token_id=self.ends, pad_token_id=self.pad)
        backbone = copy.deepcopy(model.base_model)
        self.reference = None if settings.lora_rank else copy.deepcopy(model).requires_grad_(False).to(self.device)
        width = model.get_input_embeddings().embedding_dim
        if settings.lora_rank:
            import peft

            lora = peft.LoraConfig(r=settings.lora_rank, lora_alpha=2 * settings.lora_rank, target_modules="all-linear")
            # A copy for each, since a configuration takes on the names that it found.
            model, backbone = (peft.get_peft_model(one, copy.deepcopy(lora)) for one in (model, backbone))
        self.model = model.to(self.device).eval()  # no dropout, by which probabilities would differ from sampling
        self.value = Value(backbone, width).to(self.device).eval()
        self.precision = torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda")
        groups = [
            {"params": [p for p in self.model.parameters() if p.requires_grad], "lr": settings.learning_rate},
            {"params": [p for p in self.value.parameters() if p.requires_grad], "lr": settings.value_learning_rate},
        ]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=settings.weight_decay)
        updates = settings.iterations * -(-settings.rollouts // settings.minibatch)
        self.schedule = transformers.get_scheduler(settings.schedule, self.optimizer, settings.warm_up, updates)

    def prompt(self, messages: Sequence[dict[str, str]]) -> list[int]:
        """The tokens of a dialogue, without its oldest answers where it is too long."""
        most = self.settings.max_prompt_tokens
        kept = list(messages)
        while True:
            ids: list[int] = self.tokenizer.apply_chat_template(
                kept, add_generation_prompt=True, tokenize=True, return_dict=False
            )
            if len(ids) <= most or len(kept) == 1:
                return ids[-most:]
            del kept[1:3]

    def _inputs(self, prompts: Sequence[list[int]], responses: Sequence[list[int]] = ()) -> dict[str, Tensor]:
        """Prompts that end in one column, and after it the responses."""
        left = pad_sequence([torch.tensor(p) for p in prompts], True, -1, "left")
        right = pad_sequence([torch.tensor(r) for r in responses], True, -1) if responses else left[:, :0]
        ids = torch.cat([left, right], 1).to(self.device)
        there = ids >= 0
        return {
            "input_ids": ids.where(there, torch.tensor(self.pad)),
            "attention_mask": there.long(),
            "position_ids": (there.cumsum(1) - 1).clamp(min=0),
        }

    @torch.no_grad()
    def respond(self, prompts: Sequence[list[int]], temperature: float, top_p: float) -> list[list[int]]:
        """Sample a response to each prompt."""
        config: Any = transformers.GenerationConfig(
            do_sample=True,
            temperature=temperature,
            top_p=top_p,
            top_k=0,
            max_new_tokens=self.settings.max_response_tokens,
            eos_token_id=self.ends,
            pad_token_id=self.pad,
        )
        responses: list[list[int]] = []
        for start in range(0, len(prompts), 16 * self.settings.micro_batch):
            inputs = self._inputs(prompts[start : start + 16 * self.settings.micro_batch])
            del inputs["position_ids"]  # generate makes its own
            with self.precision:
                out = self.model.generate(**inputs, generation_config=config)
            for ids in out[:, inputs["input_ids"].shape[1] :].tolist():
                end = next((n + 1 for n, token in enumerate(ids) if token in self.ends), len(ids))
                responses.append(ids[:end])
        return responses

    def log_probs(self, turns: Sequence[Turn], *, reference: bool = False) -> tuple[Tensor, Tensor]:
        """Log-probabilities of the tokens of responses, and which of them are there: two tensors (turn, token)."""
        model, without = self.model, nullcontext()
        if reference:
            model = self.reference or self.model
            without = nullcontext() if self.reference else self.model.disable_adapter()
        responses = [turn.response for turn in turns]
        inputs = self._inputs([turn.prompt for turn in turns], responses)
        most = max(map(len, responses))
        with without, self.precision:
            logits = model(**inputs, logits_to_keep=most + 1).logits[:, :-1].float() / self.settings.temperature
        tokens = inputs["input_ids"][:, -most:]
        found = logits.log_softmax(-1).gather(-1, tokens[..., None]).squeeze(-1)
        return found, inputs["attention_mask"][:, -most:].bool()

    def values(self, turns: Sequence[Turn]) -> Tensor:
        """The value of each turn."""
        with self.precision:
            predicted: Tensor = self.value(self._inputs([turn.prompt for turn in turns]))
        return predicted


class Arena:
    """Environments that play side by side, over one sandbox.

    Args:
        problems: a source of problems.
        mode: what feedback shows.
        size: environments.
        sandbox: where programs run.
        settings: all of them.
        **options: more keyword arguments of the environment.
    """

    def __init__(
        self, problems: Any, mode: str, size: int, sandbox: Sandbox, settings: Settings, **options: Any
    ) -> None:
        options = {"reward": "rlef", "max_turns": settings.max_turns, "sandbox": sandbox, **options}
        self.sandbox = sandbox
        made = gym.make("CodeRepairEnv-v0", disable_env_checker=True, problems=problems, feedback=mode, **options)
        first: Any = made.unwrapped
        self.envs = [ExtractProgram(env) for env in (first, *(first.sibling() for _ in range(size - 1)))]
        for number, env in enumerate(self.envs):
            env.reset(seed=1_000_003 * settings.seed + number)

    def play(
        self, agent: Agent, temperature: float, top_p: float = 1.0, problem_ids: Sequence[str] | None = None
    ) -> list[Rollout]:
        """One episode in each environment, of its problem or of one that it draws."""
        ids: Sequence[str | None] = problem_ids or [None] * len(self.envs)
        rollouts = []
        for env, name in zip(self.envs, ids, strict=False):
            observation, _ = env.reset(options={"problem_id": name} if name else None)
            rollouts.append(Rollout(env, [{"role": "user", "content": observation["problem"]}]))
        going = rollouts
        with ThreadPoolExecutor(THREADS) as pool:
            while going:
                prompts = [agent.prompt(rollout.messages) for rollout in going]
                responses = agent.respond(prompts, temperature, top_p)
                texts = agent.tokenizer.batch_decode(responses, skip_special_tokens=True)
                ended = pool.map(step, going, prompts, responses, texts)
                going = [rollout for rollout, end in zip(going, list(ended), strict=True) if not end]
        return rollouts


def step(rollout: Rollout, prompt: list[int], response: list[int], text: str) -> bool:
    """One turn of one episode; whether it ends."""
    observation, reward, ended, _, info = rollout.env.step(text)
    last = observation["dialogue"][-1]
    passed = info["public"]["passed"] == info["public"]["total"]
    rollout.turns.append(Turn(prompt, response, last["program"], float(reward), passed))
    rollout.solved = info["solved"]
    rollout.messages.append({"role": "assistant", "content": text})
    rollout.messages.append({"role": "user", "content": last["feedback"]})
    return bool(ended)


def by_length(turns: Sequence[Turn]) -> list[Turn]:
    """The turns by the length of their prompts."""
    return sorted(turns, key=lambda turn: len(turn.prompt))


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The items, ``size`` at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


@torch.no_grad()
def assess(agent: Agent, rollouts: Sequence[Rollout]) -> list[Turn]:
    """All turns, with what the updates need to know of each; those of like length stand together, for speed."""
    settings = agent.settings
    turns = by_length([turn for rollout in rollouts for turn in rollout.turns])
    for batch in chunks(turns, settings.micro_batch):
        now, there = agent.log_probs(batch)
        start, _ = agent.log_probs(batch, reference=True)
        values = agent.values(batch).tolist()
        for turn, value, new, old, mask in zip(batch, values, now, start, there, strict=True):
            turn.value, turn.log_probs = value, new[mask]
            turn.divergence = (new - old)[mask].mean().item()  # of the geometric means of the tokens' probabilities
    for rollout in rollouts:
        to_go = 0.0
        for turn in reversed(rollout.turns):
            to_go += turn.reward - settings.kl * turn.divergence  # not discounted
            turn.to_go = to_go
    gains = np.array([turn.to_go - turn.value for turn in turns])
    for turn, gain in zip(turns, (gains - gains.mean()) / (gains.std() + 1e-8), strict=True):
        turn.advantage = float(gain)
    return turns


def losses(agent: Agent, turns: Sequence[Turn]) -> tuple[Tensor, Tensor]:
    """PPO's clipped losses of policy, summed over tokens, and of value, summed over turns."""
    settings = agent.settings
    now, there = agent.log_probs(turns)
    before = pad_sequence([turn.log_probs for turn in turns], True)
    ratio = torch.where(there, now - before, 0.0).exp()
    near = ratio.clamp(1 - settings.clip, 1 + settings.clip)
    gain, was, to_go = (
        torch.tensor([getattr(turn, name) for turn in turns], device=agent.device)
        for name in ("advantage", "value", "to_go")
    )
    policy = -torch.minimum(ratio * gain[:, None], near * gain[:, None])[there].sum()
    value = agent.values(turns)
    close = was + (value - was).clamp(-settings.value_clip, settings.value_clip)
    return policy, torch.maximum((value - to_go) ** 2, (close - to_go) ** 2).sum()


def learn(agent: Agent, rollouts: Sequence[Rollout], rng: np.random.Generator) -> dict[str, float]:
    """The updates that an iteration's rollouts allow, each rollout in one; figures of the iteration."""
    settings = agent.settings
    turns = assess(agent, rollouts)
    for chosen in chunks(rng.permutation(len(rollouts)).tolist(), settings.minibatch):
        minibatch = by_length([turn for number in chosen for turn in rollouts[number].turns])
        tokens = sum(len(turn.response) for turn in minibatch)
        for batch in chunks(minibatch, settings.micro_batch):
            policy, value = losses(agent, batch)
            loss = policy / tokens + settings.value_weight * value / len(minibatch)
            loss.backward()
        for network in (agent.model, agent.value):
            nn.utils.clip_grad_norm_(network.parameters(), settings.max_gradient_norm)
        agent.optimizer.step()
        agent.schedule.step()
        agent.optimizer.zero_grad()
    to_go = np.array([turn.to_go for turn in turns])
    errors = to_go - [turn.value for turn in turns]
    return {
        "reward": float(np.mean([sum(turn.reward for turn in rollout.turns) for rollout in rollouts])),
        "solved": float(np.mean([rollout.solved for rollout in rollouts])),
        "turns": len(turns) / len(rollouts),
        "divergence": float(np.mean([turn.divergence for turn in turns])),
        "explained": float(1 - errors.var() / (to_go.var() + 1e-8)),
    }


def evaluate(agent: Agent, arena: Arena, problem_ids: Sequence[str]) -> dict[str, list[bool]]:
    """Play an episode of each problem: whether it is solved by one program of one turn, and by one of all turns.

    Of several programs, that is submitted which passes the public tests first, as in the paper's n@k.
    """
    rollouts: list[Rollout] = []
    for names in chunks(problem_ids, len(arena.envs)):
        played = arena.play(agent, agent.settings.evaluation_temperature, agent.settings.top_p, names)
        for rollout in played:
            first = next((turn for turn in rollout.turns if turn.passed), None)
            if first is not None and first is not rollout.turns[-1]:  # without feedback an episode goes on
                problem = rollout.env.get_wrapper_attr("problem")
                rollout.solved = judge(first.program, problem, sandbox=arena.sandbox).accepted
        rollouts += played
    return {
        "1@1": [rollout.solved and rollout.turns[0].passed for rollout in rollouts],
        f"1@{agent.settings.max_turns}": [rollout.solved for rollout in rollouts],
    }


def rates(agent: Agent, arenas: dict[str, Arena], problem_ids: Sequence[str]) -> dict[str, dict[str, list[bool]]]:
    """:func:`evaluate` by what feedback shows."""
    return {mode: evaluate(agent, arena, problem_ids) for mode, arena in arenas.items()}


def train(agent: Agent, arena: Arena, tests: dict[str, Arena], problem_ids: Sequence[str]) -> None:
    """Train, evaluate, and keep a line of figures of each iteration and the weights of the last."""
    settings = agent.settings
    out = Path(settings.out)
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(settings.seed)
    with (out / "log.jsonl").open("a", encoding="ascii") as log:

        def note(**figures: Any) -> None:
            print(json.dumps(figures), file=log, flush=True)
            print("  ".join(f"{name} {figure:.3g}" for name, figure in figures.items()), flush=True)

        for iteration in range(settings.iterations + 1):
            if tests and (iteration % settings.evaluate_every == 0 or iteration == settings.iterations):
                for mode, found in rates(agent, tests, problem_ids).items():
                    note(iteration=iteration, **{f"{mode} {name}": float(np.mean(v)) for name, v in found.items()})
                agent.model.save_pretrained(out / "model")
                agent.tokenizer.save_pretrained(out / "model")
            if iteration < settings.iterations:
                rollouts = arena.play(agent, settings.temperature)
                note(iteration=iteration, **learn(agent, rollouts, rng))


def load_agent(settings: Settings) -> Agent:
    """The model of the settings, from a folder or the hub."""
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(settings.model)
        model = transformers.AutoModelForCausalLM.from_pretrained(settings.model, dtype=torch.float32)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise CodegymError(
            f"expected a causal model of transformers with --model, got {settings.model!r}: {reason}"
        ) from None
    return Agent(model, tokenizer, settings)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiny", action="store_true", help="a small transformer, three seeds, with a plot")
    parser.add_argument("--quick", action="store_true", help="with --tiny: so little that nothing is learned")
    for one in fields(Settings):
        several = isinstance(one.default, tuple)
        kind = str if several else type(one.default)
        parser.add_argument(f"--{one.name}", type=kind, nargs="+" if several else None, default=one.default)
    given = vars(parser.parse_args(arguments))
    tiny, quick = given.pop("tiny"), given.pop("quick")
    try:
        settings = Settings(**given)
        if tiny:
            from rlef_tiny import run

            others = {name for name in given if getattr(settings, name) != getattr(Settings(), name)}
            if others := others - {"out", "sandbox"}:
                raise UsageError(f"expected --tiny with --quick, --out and --sandbox alone, got --{min(others)}")
            run(Path(settings.out), quick, settings.sandbox)
            return
        if not settings.model:
            raise CodegymError("expected --tiny or --model with a model of transformers, got neither")
        torch.manual_seed(settings.seed)
        agent = load_agent(settings)
        with make_sandbox(settings.sandbox) as sandbox:
            arena = Arena(settings.problems, settings.feedback, settings.rollouts, sandbox, settings)
            ids = load_problems(settings.held_out).ids[: settings.evaluation_problems]
            names = [name for name in ids for _ in range(settings.evaluation_rollouts)]
            size = min(settings.rollouts, len(names))
            modes = settings.evaluation_feedback
            tests = {mode: Arena(settings.held_out, mode, size, sandbox, settings) for mode in modes}
            train(agent, arena, tests, names)
    except (CodegymError, OSError) as error:
        sys.exit(f"rlef_ppo: {error}")
    except KeyboardInterrupt:
        sys.exit("rlef_ppo: stopped; what was learned until the last evaluation is kept")


if __name__ == "__main__":
    main()
