"""Several turns of chat token by token, with the tokenizers and models of transformers."""

from collections.abc import Sequence
from typing import Any

from codegym.errors import UsageError
from codegym.integrations.libraries import missing

try:
    import torch
except ImportError as error:
    raise missing("torch", "torch", error) from None

Ids = list[int]


class Chat:
    """A tokenizer's chat template, by pieces, so that what was generated is kept token by token.

    Args:
        tokenizer: of transformers.

    Raises:
        UsageError: it has no chat template.
    """

    ANSWER, FEEDBACK = "<<answer>>", "<<feedback>>"

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
        if not getattr(self._tokenizer, "chat_template", None):
            raise UsageError("expected a tokenizer with a chat template, got one without; set its chat_template")
        turns = (("user", "-"), ("assistant", self.ANSWER), ("user", self.FEEDBACK))
        messages = [{"role": role, "content": text} for role, text in turns]
        text = self._tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        before, _, self._after = text.partition(self.ANSWER)[2].partition(self.FEEDBACK)
        self._before = self._ids(before)
        self._after_ids = self._ids(self._after)

    def _ids(self, text: str, **more: Any) -> Ids:
        return list(self._tokenizer(text, add_special_tokens=False, **more)["input_ids"])

    def opened(self, messages: Sequence[Any]) -> Ids:
        """The ids of a prompt, up to where the model speaks."""
        plain = [{"role": message["role"], "content": message["content"]} for message in messages]
        text = self._tokenizer.apply_chat_template(plain, tokenize=False, add_generation_prompt=True)
        return self._ids(text)

    def text(self, ids: Ids) -> str:
        """What the model said, without special tokens."""
        return str(self._tokenizer.decode(ids, skip_special_tokens=True))

    def between(self, answer: Ids, feedback: str) -> Ids:
        """The ids from the end of an answer to where the model speaks again."""
        closing = self._before
        if answer and closing and answer[-1] == closing[0]:
            closing = closing[1:]  # the model ended its answer itself
        return [*closing, *self._ids(feedback, split_special_tokens=True), *self._after_ids]


def sample(
    model: Any, tokenizer: Any, prompts: Sequence[Ids], max_new_tokens: int, **options: Any
) -> tuple[list[Ids], list[list[float]]]:
    """Sample an answer to each prompt with a model of transformers.

    Args:
        model: a causal one.
        tokenizer: with an id for padding and one that ends an answer.
        prompts: token ids of each.
        max_new_tokens: of an answer, at most.
        options: of its ``generate``, such as ``temperature``.

    Returns:
        Token ids of each answer, the one that ends it included, and their log probabilities as they were sampled.
    """
    longest = max(map(len, prompts))
    padded = [[tokenizer.pad_token_id] * (longest - len(ids)) + list(ids) for ids in prompts]
    mask = [[0] * (longest - len(ids)) + [1] * len(ids) for ids in prompts]
    was_training = model.training
    model.eval()
    with torch.no_grad():
        made = model.generate(
            input_ids=torch.tensor(padded, device=model.device),
            attention_mask=torch.tensor(mask, device=model.device),
            max_new_tokens=max_new_tokens,
            do_sample=True,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=tokenizer.eos_token_id,
            return_dict_in_generate=True,
            output_scores=True,
            **options,
        )
    model.train(was_training)
    answers = made.sequences[:, longest:].tolist()
    scores = torch.stack([torch.log_softmax(step.float(), -1) for step in made.scores], 1)
    chosen = scores.gather(-1, made.sequences[:, longest:].unsqueeze(-1)).squeeze(-1).tolist()
    lengths = [_length(ids, tokenizer.eos_token_id) for ids in answers]
    return (
        [ids[:length] for ids, length in zip(answers, lengths, strict=True)],
        [one[:length] for one, length in zip(chosen, lengths, strict=True)],
    )


def _length(ids: Ids, end: int) -> int:
    return ids.index(end) + 1 if end in ids else len(ids)
