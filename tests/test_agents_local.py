"""Tests of agents hf:PATH, with a tiny model of random weights that is made here."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from codegym.bench.agents import Context, ask, make_agent
from codegym.bench.agents.gather import close
from codegym.bench.options import Connection, Sampling
from codegym.bench.run import Settings, run_benchmark
from codegym.datasets import ProblemSet
from codegym.errors import AgentError, RequestError, UsageError
from tests.fakes import make_problem, scripted
from tests.test_agents import seen

PROBLEMS = ProblemSet([make_problem(name) for name in "abcd"], "four")
TEMPLATE = "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}<assistant>"
ROOM = 4096

pytestmark = pytest.mark.filterwarnings("ignore:::transformers", "ignore:::torch")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that knows bytes, and answers with some of them."""
    for name in ("torch", "transformers", "tokenizers"):
        pytest.importorskip(name, reason=f"agents hf:PATH need the package {name}")
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: n for n, letter in enumerate([*alphabet, "<end>"])}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    folder = tmp_path_factory.mktemp("model")
    make_fast: Any = PreTrainedTokenizerFast
    fast = make_fast(tokenizer_object=tokenizer, eos_token="<end>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    sizes: dict[str, Any] = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1}
    heads: dict[str, Any] = {"num_attention_heads": 2, "num_key_value_heads": 2, "max_position_embeddings": ROOM}
    config = LlamaConfig(vocab_size=257, eos_token_id=256, bos_token_id=None, **sizes, **heads)
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture
def make(model: Path) -> Iterator[Any]:
    """Makes agents of the model."""
    agents = []

    def make(batch: int = 4, **sampling: Any) -> Any:
        options = Sampling(**{"max_tokens": 8, **sampling})
        agents.append(make_agent(f"hf:{model}", PROBLEMS, sampling=options, connection=Connection(batch=batch)))
        return agents[-1]

    yield make
    for agent in agents:
        close(agent)


def test_an_answer_has_its_tokens(make: Any) -> None:
    """Tokens of the prompt are those of its chat form, and of the answer at most as many as wanted."""
    answer = ask(make(), seen(1), Context(answers=("I say",)))
    prompt = f"<user>{seen(1)['problem']}<assistant>I say<user>f<assistant>"
    assert answer.prompt_tokens == len(prompt.encode())
    assert 0 < answer.completion_tokens <= 8


def test_a_batch_answers_each_as_if_it_were_alone(make: Any) -> None:
    """Greedy answers do not depend on what else is in a batch, however different in length."""
    texts = ["short", "a much longer question " * 20, "x", "y" * 300]
    alone = [ask(make(batch=1), seen(0, text)) for text in texts]
    together = make(batch=4)
    with ThreadPoolExecutor(4) as executor:
        assert list(executor.map(lambda text: ask(together, seen(0, text)), texts)) == alone


def test_sampling_goes_by_the_seed(make: Any) -> None:
    """With a temperature the same seed gives the same answer, and another one another."""
    agent = make(batch=1, temperature=1.0, top_p=0.95, max_tokens=16)
    answers = [ask(agent, seen(0), Context(seed=seed)).text for seed in (1, 1, 2, 3)]
    assert answers[0] == answers[1]
    assert len(set(answers)) > 1


def test_a_prompt_that_is_too_long_is_a_failed_request(make: Any) -> None:
    """What leaves no room for an answer is told with the numbers."""
    with pytest.raises(RequestError, match=f"the model's {ROOM}, got "):
        ask(make(), seen(0, "x" * ROOM))


def test_a_run_with_a_local_model(make: Any, model: Path, tmp_path: Path) -> None:
    """A whole run, four at once: what it says is no program, and its tokens are counted."""
    settings = Settings(f"hf:{model}", turns=2, extract="last", sampling=Sampling(max_tokens=4))
    episodes = run_benchmark(settings, PROBLEMS, scripted(), tmp_path, concurrency=4)
    assert [(len(e.turns), e.verdict, e.error) for e in episodes] == [(2, "no_program", "")] * 4
    assert all(turn.prompt_tokens > 100 and turn.completion_tokens <= 4 for e in episodes for turn in e.turns)


def test_what_is_no_model_is_refused(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing folder, an empty one and missing packages are told in a sentence."""
    with pytest.raises(UsageError, match="expected a folder with a model"):
        make_agent("hf:some/model", PROBLEMS)
    with pytest.raises(AgentError, match="expected a model and a tokenizer") as failed:
        make_agent(f"hf:{tmp_path}", PROBLEMS)
    assert "\n" not in str(failed.value)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UsageError, match=r"pip install 'codegym\[hf\]'"):
        make_agent(f"hf:{model}", PROBLEMS)
