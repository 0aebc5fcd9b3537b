"""``hf:PATH``: a local model for transformers, asked in batches."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codegym.bench.agents.asking import said
from codegym.bench.agents.chat import messages
from codegym.bench.agents.gather import STOPPED, gather
from codegym.bench.agents.protocol import Agent, Answer, Context
from codegym.bench.options import Connection, Sampling
from codegym.env import Observation
from codegym.errors import AgentError, RequestError, UsageError

MISSING = "expected the packages torch and transformers for agents hf:PATH, found none; pip install 'codegym[hf]'"
MAX_TOKENS = 1024
"""Of an answer, where nothing else is asked for."""


def local_agent(path: str, sampling: Sampling, connection: Connection) -> Agent:
    """A model in a folder. Nothing is loaded from elsewhere, and no code of the folder is run.

    Args:
        path: the folder, with weights and tokenizer as ``save_pretrained`` writes them.
        sampling: how it answers; greedily, unless there is a temperature above 0. A batch is sampled with the seed of
            its first question.
        connection: how many questions at once.

    Raises:
        UsageError: there is no such folder, or a package is not installed.
        AgentError: the model cannot be loaded.
    """
    if not Path(path).is_dir():
        raise UsageError(f"expected a folder with a model for hf:PATH, got {path!r}")
    return gather(LocalModel(path, sampling, connection.batch))


class LocalModel:
    """See :func:`local_agent`."""

    def __init__(self, path: str, sampling: Sampling, batch_size: int) -> None:
        try:
            import torch
            import transformers
        except ImportError:
            raise UsageError(MISSING) from None
        self.batch_size = batch_size
        self._torch: Any = torch
        self._transformers: Any = transformers
        self._sampling = sampling
        self._stopping = threading.Event()
        try:
            options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(path, padding_side="left", **options)
            model: Any = transformers.AutoModelForCausalLM.from_pretrained(path, dtype="auto", **options)
        except Exception as error:  # of whatever kind these libraries raise at a folder that is no model
            raise AgentError(f"expected a model and a tokenizer in {path}, got {said(error)[:300]}") from None
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        self._model: Any = model.to(self._device).eval()
        if self._tokenizer.pad_token_id is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token
        self._room = int(getattr(self._model.config, "max_position_embeddings", 0) or 0)

    def answer_batch(self, observations: Sequence[Observation], contexts: Sequence[Context] = ()) -> list[Answer]:
        """See :class:`~codegym.bench.agents.protocol.BatchAgent`."""
        contexts = contexts or [Context()] * len(observations)
        asked = zip(observations, contexts, strict=True)
        prompts = [self._prompt(observation, context) for observation, context in asked]
        tokens = self._tokenizer(
            prompts, return_tensors="pt", padding=True, add_special_tokens=not self._tokenizer.chat_template
        ).to(self._device)
        most = self._sampling.max_tokens or MAX_TOKENS
        width = int(tokens["input_ids"].shape[1])
        if self._room and width + most > self._room:
            raise RequestError(
                f"expected a prompt that leaves room for {most} tokens in the model's {self._room}, got {width}; "
                "set fewer turns, shorter templates or smaller max-tokens"
            )
        self._torch.manual_seed(contexts[0].seed)
        with self._torch.inference_mode():
            given = self._model.generate(**tokens, **self._how(most))
        if self._stopping.is_set():
            raise AgentError(STOPPED)
        asked_lengths = tokens["attention_mask"].sum(dim=1).tolist()
        return [self._answer(row[width:], length) for row, length in zip(given, asked_lengths, strict=True)]

    def _prompt(self, observation: Observation, context: Context) -> str:
        said_so_far = messages(observation, context, self._sampling.system)
        if self._tokenizer.chat_template:
            return str(self._tokenizer.apply_chat_template(said_so_far, tokenize=False, add_generation_prompt=True))
        return "\n\n".join([*(message["content"].strip() for message in said_so_far), ""])

    def _how(self, most: int) -> dict[str, Any]:
        temperature, top_p = self._sampling.temperature or 0.0, self._sampling.top_p
        how = {"do_sample": True, "temperature": temperature, "top_p": top_p or 1.0, "top_k": 0}
        stop = self._transformers.StoppingCriteriaList([self._interrupted])
        return {
            "max_new_tokens": most,
            "pad_token_id": self._tokenizer.pad_token_id,
            "stopping_criteria": stop,
            **(how if temperature > 0 else {"do_sample": False}),
        }

    def _interrupted(self, given: Any, scores: Any, **_: Any) -> Any:
        return self._torch.full((given.shape[0],), self._stopping.is_set(), dtype=self._torch.bool, device=given.device)

    def _answer(self, row: Any, prompt_tokens: int) -> Answer:
        ends = {self._tokenizer.eos_token_id, self._tokenizer.pad_token_id}
        ids = row.tolist()
        length = next((place for place, token in enumerate(ids) if token in ends), len(ids))
        return Answer(self._tokenizer.decode(ids[:length], skip_special_tokens=True), prompt_tokens, length)

    def close(self) -> None:
        """End the batch that is at work."""
        self._stopping.set()
