"""The RLEF example: its quantities are those of the paper, and it runs to its end at a small size."""

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from codegym import Limits, ProblemSet, Sandbox, load_problems
from tests.conftest import REQUIRED, need
from tests.fakes import PUBLIC_ONLY, RIGHT, WRONG, make_problem, scripted

if "rlef" in REQUIRED:
    import torch
else:
    torch = pytest.importorskip("torch")
    for library in ("matplotlib", "peft", "transformers"):
        pytest.importorskip(library)

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def ppo() -> Any:
    return example("rlef_ppo")


def example(name: str) -> Any:
    sys.path.insert(0, str(EXAMPLES))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(EXAMPLES))


def fenced(program: str) -> str:
    return f"Let me see.\n```python\n{program}```"


@pytest.fixture
def agent(ppo: Any) -> Any:
    """An agent with random weights, which are far enough from 0 for positions to matter."""
    tiny = example("rlef_tiny")
    torch.manual_seed(0)
    tokenizer = tiny.make_tokenizer([fenced(RIGHT), fenced(WRONG), "Read an integer and print twice its value."], 200)
    model = tiny.make_model(tokenizer, tiny.Tiny(width=16, layers=1, heads=2))
    for weight in model.parameters():
        weight.data += 0.3 * torch.randn_like(weight)
    settings = ppo.Settings(rollouts=8, minibatch=4, micro_batch=3, max_response_tokens=6, learning_rate=1e-2)
    return ppo.Agent(model, tokenizer, replace(settings, max_prompt_tokens=120, warm_up=0))


class Scripted:
    """Says what it is told to, a list of answers an episode, in turn."""

    def __init__(self, agent: Any, *answers: Sequence[str]) -> None:
        self.tokenizer = SimpleNamespace(batch_decode=lambda responses, **_: responses)
        self.settings = agent.settings
        self.answers = answers
        self.prompts: list[Any] = []
        self.turn = -1

    def prompt(self, messages: Sequence[dict[str, str]]) -> Any:
        self.prompts.append([message["content"] for message in messages])
        return len(messages) // 2

    def respond(self, prompts: Sequence[int], *_: float) -> list[str]:
        self.turn += 1
        return [self.answers[number][self.turn] for number in range(len(prompts))]


def arena(ppo: Any, agent: Any, mode: str = "all_failures", size: int = 1) -> Any:
    problems = ProblemSet([make_problem("double"), make_problem("twice")], "two")
    return ppo.Arena(problems, mode, size, scripted(), agent.settings)


def turns(ppo: Any, agent: Any) -> list[Any]:
    """Three turns with prompts and responses of several lengths."""
    texts = [("Read", "print(1)"), ("Read an integer and", "pri"), ("Read an integer and print twice", "print(int(")]
    ids = agent.tokenizer
    return [
        ppo.Turn(ids(prompt).input_ids, [*ids(answer).input_ids, *agent.ends], "", 0, False) for prompt, answer in texts
    ]


def test_log_probabilities_do_not_depend_on_padding(ppo: Any, agent: Any) -> None:
    """Those of a batch are those that the bare model gives each response alone."""
    with torch.no_grad():
        found, there = agent.log_probs(turns(ppo, agent))
        for row, mask, turn in zip(found, there, turns(ppo, agent), strict=True):
            ids = torch.tensor([turn.prompt + turn.response])
            logits = agent.model(input_ids=ids).logits[0, len(turn.prompt) - 1 : -1].log_softmax(-1)
            expected = logits.gather(-1, torch.tensor(turn.response)[:, None]).squeeze(-1)
            torch.testing.assert_close(row[mask], expected, atol=1e-4, rtol=1e-4)


def test_a_value_is_of_a_prompt_alone(ppo: Any, agent: Any) -> None:
    """It is read at the last token of the prompt: no response changes it, and that token does."""
    agent.value.head.weight.data.normal_()
    batch = turns(ppo, agent)
    with torch.no_grad():
        before = agent.values(batch)
        alone = torch.cat([agent.values([turn]) for turn in batch])
        other_response = agent.values([replace(turn, response=[5, 6]) for turn in batch])
        other_end = agent.values([replace(turn, prompt=[*turn.prompt[:-1], 3]) for turn in batch])
    torch.testing.assert_close(before, alone, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(before, other_response)
    assert ((before - other_end).abs() > 1e-3).all()


def test_returns_are_not_discounted_and_hold_the_divergence(ppo: Any, agent: Any) -> None:
    """A turn's return is the sum of later rewards less 0.05 of each turn's mean log-ratio to the first model."""
    rewards = [[-0.2, 0.0, 1.0], [-1.0]]
    rollouts = [
        ppo.Rollout(
            None, [], [replace(turn, reward=reward) for turn, reward in zip(turns(ppo, agent), some, strict=False)]
        )
        for some in rewards
    ]
    with torch.no_grad():
        for weight in agent.model.parameters():
            weight += 0.1 * torch.randn_like(weight)
    ppo.assess(agent, rollouts)
    gains = []
    for rollout, some in zip(rollouts, rewards, strict=True):
        for number, turn in enumerate(rollout.turns):
            with torch.no_grad():
                (now,), (there,) = agent.log_probs([turn])
                (first,), _ = agent.log_probs([turn], reference=True)
            ratio = (now[there].mean().exp() / first[there].mean().exp()).log().item()  # of geometric means
            assert turn.divergence == pytest.approx(ratio, abs=1e-4)
            assert abs(turn.divergence) > 1e-4
            after = rollout.turns[number:]
            expected = sum(some[number:]) - 0.05 * sum(later.divergence for later in after)
            assert turn.to_go == pytest.approx(expected, abs=1e-6)
            gains.append((turn.to_go - turn.value, turn.advantage))
    raw, normal = np.array(gains).T
    assert normal == pytest.approx((raw - raw.mean()) / raw.std(), abs=1e-4)


def test_losses_are_clipped(ppo: Any, agent: Any) -> None:
    """Beyond the clip a good response gains nothing more, and a value that runs away is not let off."""
    (turn,) = turns(ppo, agent)[:1]
    with torch.no_grad():
        (now,), (there,) = agent.log_probs([turn])
    tokens = int(there.sum())
    for shift, advantage, ratio in ((0.0, 2.0, 1.0), (1.0, 2.0, 1.2), (1.0, -2.0, np.e), (-1.0, -2.0, 0.8)):
        turn.log_probs, turn.advantage = now[there] - shift, advantage
        policy, _ = ppo.losses(agent, [turn])
        assert policy.item() == pytest.approx(-advantage * ratio * tokens, rel=1e-3)
    turn.value, turn.to_go = -3.0, 1.0  # the network says 0
    _, value = ppo.losses(agent, [turn])
    assert value.item() == pytest.approx((-3.0 + 0.2 - 1.0) ** 2, rel=1e-4)


def test_learning_makes_the_better_response_likelier(ppo: Any, agent: Any) -> None:
    """Of two responses to the same prompt, that with the reward gains, and the value goes to the mean."""
    good, bad = (replace(turn, prompt=[7, 8, 9]) for turn in turns(ppo, agent)[:2])

    def likelier() -> float:
        with torch.no_grad():
            found, there = agent.log_probs([good, bad])
        first, second = (found * there).sum(1).tolist()
        return float(first - second)

    before = likelier()
    rng = np.random.default_rng(0)
    for _ in range(4):
        pairs = [(replace(good, reward=1.0), True), (replace(bad, reward=-1.0), False)] * 4
        figures = ppo.learn(agent, [ppo.Rollout(None, [], [turn], solved) for turn, solved in pairs], rng)
    assert likelier() > before + 0.5
    assert (figures["reward"], figures["solved"], figures["turns"]) == (0.0, 0.5, 1.0)


def test_responses_end_where_they_end(ppo: Any, agent: Any) -> None:
    """A response has its end token and nothing after it, or is as long as it may be."""
    torch.manual_seed(1)
    responses = agent.respond([turn.prompt for turn in turns(ppo, agent)] * 20, 1.0, 1.0)
    assert len({len(response) for response in responses}) > 1
    for response in responses:
        ends = [token in agent.ends for token in response]
        assert not any(ends[:-1])
        assert ends[-1] or len(response) == agent.settings.max_response_tokens


def test_a_prompt_that_is_too_long_loses_its_oldest_answers(agent: Any) -> None:
    """The problem and the last feedback stay."""
    talk = [{"role": "user", "content": "Read an integer"}]
    for number in range(9):
        talk += [{"role": "assistant", "content": f"answer {number}"}, {"role": "user", "content": f"not {number}"}]
    assert len(agent.prompt(talk)) <= 120
    text = agent.tokenizer.decode(agent.prompt(talk))
    assert text.startswith("<|user|>Read an integer<|assistant|>answer")
    assert text.endswith("not 8<|assistant|>")
    assert "answer 0" not in text
    assert len(agent.prompt([{"role": "user", "content": "9" * 500}])) == 120


def test_a_rollout_is_the_papers(ppo: Any, agent: Any) -> None:
    """-0.2 for an answer without a program, whole answers in later prompts, and an end at a public pass."""
    said = Scripted(agent, ["I do not know.", fenced(WRONG), fenced(RIGHT)])
    (rollout,) = arena(ppo, agent).play(said, 1.0, 1.0, ["double"])
    assert [turn.reward for turn in rollout.turns] == [-0.2, 0.0, 1.0]
    assert [turn.passed for turn in rollout.turns] == [False, False, True]
    assert rollout.solved
    last = said.prompts[-1]
    assert (last[1], last[3]) == ("I do not know.", fenced(WRONG))
    assert "no program" in last[2]
    assert "passes 0 of 2" in last[4]


@pytest.mark.parametrize(
    ("mode", "answers", "one", "all_turns"),
    [
        ("none", [RIGHT, WRONG, WRONG], True, True),
        ("none", [PUBLIC_ONLY, RIGHT, RIGHT], False, False),
        ("none", [WRONG, WRONG, RIGHT], False, True),
        ("none", [WRONG, WRONG, WRONG], False, False),
        ("all_failures", [RIGHT], True, True),
        ("all_failures", [PUBLIC_ONLY], False, False),
        ("all_failures", [WRONG, RIGHT], False, True),
        ("random", [WRONG, WRONG, RIGHT], False, True),
    ],
)
def test_the_first_program_that_passes_public_tests_is_submitted(
    ppo: Any, agent: Any, mode: str, answers: list[str], one: bool, all_turns: bool
) -> None:
    """1@1 and 1@3 are of the same submission rule, whether or not an episode goes on after a public pass."""
    said = Scripted(agent, [fenced(answer) for answer in answers])
    found = ppo.evaluate(said, arena(ppo, agent, mode), ["double"])
    assert found == {"1@1": [one], "1@3": [all_turns]}


def test_public_tests_that_are_alike_tell_the_rules_apart() -> None:
    """With the same inputs in all problems, whatever the seed, each rule has expected outputs of its own."""
    rules: dict[str, set[tuple[str, ...]]] = {}
    inputs = set()
    for seed in (1, 2):
        for problem in load_problems(f"procedural:hidden-rule?seed={seed}&size=80&starter=0&alike=1"):
            inputs.add(tuple(test.input for test in problem.public_tests))
            rules.setdefault(str(problem.reference), set()).add(tuple(test.output for test in problem.public_tests))
            assert not {test.input for test in problem.private_tests} & {test.input for test in problem.public_tests}
    assert len(inputs) == 1
    assert all(len(outputs) == 1 for outputs in rules.values())
    assert len(set.union(*rules.values())) == len(rules) > 8


def test_remembered_runs_are_those_of_the_sandbox() -> None:
    """Nothing is run twice, a stop is heeded, and what comes out is the same."""
    inner = scripted()
    sandbox = example("rlef_tiny").Remembering(inner)
    limits = Limits()
    inputs = [b"1\n", b"2\n", b"3\n"]
    stopped = sandbox.execute(RIGHT, inputs, limits, stop=lambda run: run.stdout == b"4\n")
    assert [run.stdout for run in stopped] == [b"2\n", b"4\n"]
    assert sandbox.execute(RIGHT, inputs, limits) == inner.execute(RIGHT, inputs, limits)
    inner.calls.clear()
    assert sandbox.execute(RIGHT, inputs, limits, language="python")[0].stdout == b"2\n"  # other options, so it is run
    assert len(inner.calls) == 3
    assert sandbox.execute(RIGHT, inputs, limits, language="python")[2].stdout == b"6\n"
    assert len(inner.calls) == 3


def test_intervals_widen_with_the_spread_between_seeds() -> None:
    """Seeds count as samples, not only problems."""
    interval = example("rlef_tiny_report").interval
    rng = np.random.default_rng(0)
    alike = (rng.random((3, 200)) < 0.5).tolist()
    apart = [(rng.random(200) < chance).tolist() for chance in (0.1, 0.5, 0.9)]
    mean, low, high = interval(alike)
    assert low < mean < high
    _, lower, higher = interval(apart)
    assert higher - lower > 3 * (high - low)
    assert interval([[True] * 5]) == (1.0, 1.0, 1.0)


def run(*arguments: str, timeout: float = 600) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "rlef_ppo.py", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    return subprocess.run(command, cwd=EXAMPLES, env=environment, capture_output=True, text=True, timeout=timeout)


@pytest.mark.slow
def test_the_tiny_run_goes_to_its_end_and_is_not_done_twice(tmp_path: Path) -> None:
    """The quick size gives table, plot and figures; started again, it has them at once."""
    need("bubblewrap")
    done = run("--tiny", "--quick", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("iteration 2:") == 3
    for row in (
        "imitation alone",
        "trained with true feedback",
        "trained with random feedback",
        "trained with no feedback",
    ):
        assert done.stdout.count(row) == 3
    assert "<svg" in (tmp_path / "rlef.svg").read_text()
    table = (tmp_path / "report.txt").read_text()
    assert table in done.stdout
    found = json.loads((tmp_path / "0-all_failures.json").read_text())
    assert {len(solved) for mode in found["after"].values() for solved in mode.values()} == {12}
    (tmp_path / "0-none.json").unlink()
    again = run("--tiny", "--quick", "--out", str(tmp_path))
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("iteration 2:") == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_tiny_run_that_is_stopped_leaves_nothing_running(tmp_path: Path, number: int) -> None:
    """The processes that train end with the one that was started, and there is no traceback."""
    need("bubblewrap")
    command = [sys.executable, "rlef_ppo.py", "--tiny", "--quick", "--out", str(tmp_path)]
    with subprocess.Popen(
        command, cwd=EXAMPLES, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "iteration 1:" in line:
                break
        process.send_signal(number)
        rest = process.stdout.read()  # until the last process that may write has ended
    assert not (tmp_path / "report.txt").exists()
    assert not (tmp_path / "0-none.json").exists()
    assert "Traceback" not in rest
    assert ("rlef_ppo: stopped" in rest) == (number == signal.SIGINT)


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 2])
def test_any_causal_model_can_be_trained(agent: Any, tmp_path: Path, any_sandbox: Sandbox, rank: int) -> None:
    """A model in a folder, without a chat template, with all weights or LoRA; what was learned is saved."""
    import transformers

    agent.tokenizer.chat_template = None
    agent.tokenizer.save_pretrained(tmp_path / "model")
    config = transformers.GPT2Config(vocab_size=len(agent.tokenizer), n_embd=8, n_layer=1, n_head=2, eos_token_id=1)
    transformers.GPT2LMHeadModel(config).save_pretrained(tmp_path / "model")
    done = run(
        *("--model", str(tmp_path / "model"), "--out", str(tmp_path / "out"), "--lora_rank", str(rank)),
        *("--sandbox", any_sandbox.kind, "--rollouts", "4", "--minibatch", "2", "--iterations", "2"),
        *("--max_response_tokens", "8", "--evaluation_problems", "2", "--evaluation_rollouts", "1"),
        *("--learning_rate", "0.1", "--evaluate_every", "1", "--evaluation_feedback", "random", "none"),
        *("--max_prompt_tokens", "400"),
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (tmp_path / "out" / "log.jsonl").read_text().splitlines()]
    assert [line["iteration"] for line in lines] == [0, 0, 0, 1, 1, 1, 2, 2]
    assert lines[0].keys() == {"iteration", "random 1@1", "random 1@3"}
    assert lines[2]["reward"] <= -1.0
    assert list((tmp_path / "out" / "model").glob("*.safetensors"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "expected --tiny or --model"),
        (["--model", "/nonexistent"], "expected a causal model of transformers with --model, got '/nonexistent'"),
        (["--rollouts", "0"], "expected rollouts to be at least 1, got 0"),
        (["--rollouts", "few"], "invalid int value: 'few'"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(
    ppo: Any, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(SystemExit) as stopped:
        ppo.main(arguments)
    assert told in f"{stopped.value.code}{capsys.readouterr().err}"
