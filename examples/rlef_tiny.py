"""The effect of RLEF in minutes, on two cores: `python rlef_ppo.py --tiny`.

A transformer of some 100,000 weights first imitates programmers that pay no heed to feedback: in each turn they say
the same program again, or that of any other problem. From this start it learns by reinforcement, as in rlef_ppo.py, on
problems whose statement does not tell the rule that a program has to follow; the expected outputs in feedback show it.
It does so three times: with true feedback, with that of a random other problem, and with none.
"""

import json
import multiprocessing
import os
import signal
import string
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch
import transformers
from rlef_ppo import Agent, Arena, Settings, Turn, chunks, learn, rates
from rlef_tiny_report import report
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from codegym import CodegymError, Execution, Limits, Sandbox, load_problems, make_sandbox
from codegym.feedback import Templates


@dataclass(frozen=True)
class Tiny:
    """All hyperparameters of the tiny run."""

    settings: Settings = field(
        default_factory=lambda: Settings(
            problems="procedural:hidden-rule?seed=1&size=400&starter=0&alike=1&public=2",
            held_out="procedural:hidden-rule?seed=2&size=240&starter=0&alike=1&public=2",
            rollouts=256,
            max_prompt_tokens=400,
            max_response_tokens=16,
            iterations=28,
            minibatch=32,
            micro_batch=32,
            learning_rate=1e-3,
            value_learning_rate=1e-3,
            warm_up=8,
            schedule="linear",
            max_gradient_norm=0.3,
            evaluation_rollouts=1,
            evaluation_problems=240,
        )
    )
    seeds: tuple[int, ...] = (0, 1, 2)
    feedback: tuple[str, ...] = ("all_failures", "random", "none")  # in training and in evaluation
    # Imitation.
    dialogues: int = 800
    repeats: float = 0.5  # chance that the same program is said again
    epochs: int = 4
    imitation_batch: int = 64
    imitation_rate: float = 3e-3
    # The model.
    vocabulary: int = 1500
    width: int = 64
    layers: int = 2
    heads: int = 2
    processes: int = 2


def quick() -> Tiny:
    """So little that everything runs once and nothing is learned."""
    few = replace(Tiny().settings, rollouts=16, minibatch=4, iterations=2, evaluation_problems=12)
    return Tiny(settings=few, seeds=(0,), dialogues=60, epochs=1)


TEMPLATES = Templates(problem="{text}\n\n{answer}", field_characters=30)
CHAT = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% if m.role == 'assistant' %}<|end|>{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
WORDS = (
    r"(?<=```python\n)|(?<![A-Za-z] )-?\d+|(?<=print\()|max\(|min\(|abs\(|[ab](?=\)| [-+*] |, b\))| [-+*] |, (?=b\))"
)
"""Where texts are cut before pairs are merged to tokens: a number is one word, and so is a sign of a formula."""
SPECIAL = ("<|pad|>", "<|end|>", "<|user|>", "<|assistant|>", "<|unknown|>")


class Remembering(Sandbox):
    """A sandbox that runs no program on the same input twice: tiny models repeat themselves a lot."""

    def __init__(self, inner: Sandbox) -> None:
        self.inner = inner
        self.kind = inner.kind
        self.known: dict[tuple[Any, ...], Execution] = {}

    def execute(
        self, program: str, inputs: Sequence[Any], limits: Limits, *, stop: Any = None, **options: Any
    ) -> list[Execution]:
        """See :class:`~codegym.Sandbox`."""
        runs: list[Execution] = []
        for given in inputs:
            key = (program, given, limits, *sorted(options.items()))
            if key not in self.known:
                (self.known[key],) = self.inner.execute(program, [given], limits, **options)
            runs.append(self.known[key])
            if stop is not None and stop(runs[-1]):
                break
        return runs

    def protections(self) -> Mapping[str, str]:
        """See :class:`~codegym.Sandbox`."""
        return self.inner.protections()

    def close(self) -> None:
        """The inner one is closed by whom it belongs to."""


def heedless_dialogues(env: gym.Env[Any, str], tiny: Tiny, rng: np.random.Generator) -> list[list[dict[str, str]]]:
    """What programmers say that pay no heed to feedback, as chat messages."""
    programs = [problem.reference for problem in load_problems(tiny.settings.problems)]
    dialogues = []
    for _ in range(tiny.dialogues):
        observation, _ = env.reset()
        messages = [{"role": "user", "content": observation["problem"]}]
        ended, said = False, None
        while not ended:
            if said is None or rng.random() >= tiny.repeats:
                said = programs[rng.integers(len(programs))]
            answer = f"```python\n{said}```"
            observation, _, ended, _, _ = env.step(answer)
            messages.append({"role": "assistant", "content": answer})
            messages.append({"role": "user", "content": observation["dialogue"][-1]["feedback"]})
        dialogues.append(messages[:-1])
    return dialogues


def make_tokenizer(texts: Sequence[str], vocabulary: int) -> Any:
    """A tokenizer whose tokens are what these texts have in common, and single characters."""
    made = Tokenizer(models.BPE(unk_token="<|unknown|>"))
    made.pre_tokenizer = pre_tokenizers.Split(Regex(WORDS), "isolated")
    made.decoder = decoders.Fuse()
    made.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=vocabulary,
            min_frequency=max(2, len(texts) // 100),
            special_tokens=list(SPECIAL),
            initial_alphabet=list(string.printable),
            show_progress=False,
        ),
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made,
        pad_token="<|pad|>",
        eos_token="<|end|>",
        unk_token="<|unknown|>",
        extra_special_tokens=["<|user|>", "<|assistant|>"],
        chat_template=CHAT,
    )


def make_model(tokenizer: Any, tiny: Tiny) -> Any:
    """A small transformer with random weights."""
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=tiny.width,
        intermediate_size=2 * tiny.width,
        num_hidden_layers=tiny.layers,
        num_attention_heads=tiny.heads,
        max_position_embeddings=1024,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return transformers.LlamaForCausalLM(config)


def imitate(tiny: Tiny, settings: Settings, env: gym.Env[Any, str]) -> Agent:
    """An agent that says what heedless programmers say."""
    rng = np.random.default_rng(settings.seed)
    torch.manual_seed(settings.seed)
    dialogues = heedless_dialogues(env, tiny, rng)
    tokenizer = make_tokenizer([one["content"] for messages in dialogues for one in messages], tiny.vocabulary)
    model = make_model(tokenizer, tiny)
    pupil = Agent(model, tokenizer, settings)
    turns = [
        Turn(pupil.prompt(messages[:n]), [*tokenizer(messages[n]["content"]).input_ids, *pupil.ends], "", 0.0, False)
        for messages in dialogues
        for n in range(1, len(messages), 2)
    ]
    optimizer = torch.optim.AdamW(model.parameters(), lr=tiny.imitation_rate)
    for _ in range(tiny.epochs):
        for chosen in chunks(rng.permutation(len(turns)).tolist(), tiny.imitation_batch):
            found, there = pupil.log_probs([turns[n] for n in chosen])
            loss = -(found * there).sum() / there.sum()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
    return Agent(model, tokenizer, settings)


def job(tiny: Tiny, seed: int, feedback: str, out: Path) -> Path:
    """Imitation, reinforcement and evaluation, with one seed and one kind of feedback; the file of figures."""
    file = out / f"{seed}-{feedback}.json"
    if file.exists() and json.loads(file.read_text())["tiny"] == json.loads(json.dumps(asdict(tiny))):
        return file
    torch.set_num_threads(1)
    started, cpu = time.monotonic(), time.process_time()
    settings = replace(tiny.settings, seed=seed, feedback=feedback)
    found: dict[str, Any] = {"tiny": asdict(tiny), "seed": seed, "feedback": feedback, "iterations": []}
    with make_sandbox(settings.sandbox, workers=1) as boxes:
        sandbox = Remembering(boxes)

        def arena(problems: str, mode: str, size: int) -> Arena:
            return Arena(problems, mode, size, sandbox, settings, templates=TEMPLATES)

        tests = {mode: arena(settings.held_out, mode, settings.evaluation_problems) for mode in tiny.feedback}
        ids = load_problems(settings.held_out).ids[: settings.evaluation_problems]
        training = arena(settings.problems, feedback, settings.rollouts)
        agent = imitate(tiny, settings, arena(settings.problems, tiny.feedback[0], 1).envs[0])
        if feedback == tiny.feedback[0]:  # it is the same whatever comes after
            found["before"] = rates(agent, tests, ids)
        rng = np.random.default_rng(seed)
        for iteration in range(settings.iterations):
            figures = learn(agent, training.play(agent, settings.temperature), rng)
            found["iterations"].append(figures)
            line = "  ".join(f"{name} {figure:.3f}" for name, figure in figures.items())
            print(f"seed {seed}, {feedback}, iteration {iteration + 1}: {line}", flush=True)
        found["after"] = rates(agent, tests, ids)
    found |= {"seconds": time.monotonic() - started, "cpu_seconds": time.process_time() - cpu}
    file.with_suffix(".part").write_text(json.dumps(found))
    file.with_suffix(".part").rename(file)
    return file


def end_with_parent() -> None:
    """Let this process end at once, and its boxes with it, at Ctrl-C and however its parent ends."""

    def wait() -> None:
        multiprocessing.parent_process().join()  # type: ignore[union-attr]
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=wait, daemon=True).start()


def run(out: Path, is_quick: bool, sandbox: str) -> None:
    """All seeds and kinds of feedback, some at a time, and the report on them. What is done already is kept."""
    tiny = quick() if is_quick else Tiny()
    tiny = replace(tiny, settings=replace(tiny.settings, sandbox=sandbox))
    out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(tiny.processes, context, end_with_parent)
    try:
        futures = [pool.submit(job, tiny, seed, mode, out) for seed in tiny.seeds for mode in tiny.feedback]
        files = [future.result() for future in as_completed(futures)]
    except BaseException as error:
        for child in multiprocessing.active_children():
            child.terminate()
        if isinstance(error, BrokenProcessPool):
            raise CodegymError("expected every training to end, got one that was killed; run the same again") from None
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    results = [json.loads(file.read_text()) for file in sorted(files)]
    print(report(results, out))
    print(f"{time.monotonic() - started:.0f} s; figures and plot are in {out}")
