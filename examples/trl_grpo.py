"""TRL's GRPO over several turns: a tiny model with a tiny vocabulary plays whole episodes and improves its reward.

    python examples/trl_grpo.py                             # learns, in minutes
    python examples/trl_grpo.py --steps 1 --evaluate 16     # only shows that it runs

It wants ``pip install 'codegym[trl]'``. The problems have a rule that is not told; after each program the feedback
shows what was expected. The model begins with random weights and a vocabulary in which a program is one token, so it
learns first what a program is, and then to try others than those that have failed. Any chat model and any problems may
stand in their place: ``RolloutFunc`` does not know how small these are.
"""

import argparse
import tempfile

import numpy as np
import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, PrinterCallback
from trl import GRPOConfig, GRPOTrainer

import codegym
from codegym.integrations.trl import RolloutFunc, episode_return, prompts

TRAINING = "procedural:hidden-rule?seed=1&size=500&public=2&private=2&starter=0"
HELD_OUT = "procedural:hidden-rule?seed=2&size=500&public=2&private=2&starter=0"
RULES = (
    *("a + b", "a - b", "b - a", "a * b", "max(a, b)", "min(a, b)", "abs(a - b)", "a * a + b", "a + b * b"),
    *("a * b + a", "a * b - b", "abs(a) + abs(b)"),
)
PROGRAMS = [f"a, b = map(int, input().split())\nprint({rule})" for rule in RULES]
WORDS = [*"0123456789-", "passes", "Input", "Expected", "output", "Your", "program", "rule", "hidden", "Print", "error"]
TEMPLATE = (
    "{% for message in messages %}<{{ message.role }}>{{ message.content }}"
    "{% if message.role == 'assistant' %}<end>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def make_tokenizer() -> PreTrainedTokenizerFast:
    special = ["<pad>", "<end>", "<other>", "<user>", "<assistant>"]
    ids = {token: number for number, token in enumerate([*special, *WORDS, *PROGRAMS])}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="<other>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(True)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        eos_token="<end>",
        unk_token="<other>",
        additional_special_tokens=["<user>", "<assistant>"],
        chat_template=TEMPLATE,
        clean_up_tokenization_spaces=False,
    )


def make_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=2048,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    return LlamaForCausalLM(config)


def evaluate(trainer: GRPOTrainer, rollout: RolloutFunc, episodes: int) -> str:
    """Mean return of as many held-out problems, with the interval that 1,000 resamples give."""
    rows = prompts(codegym.load_problems(HELD_OUT)[:episodes])
    returns = np.array(rollout([row["prompt"] for row in rows], trainer)["episode_return"], dtype=float)
    resampled = np.random.default_rng(0).choice(returns, (1000, len(returns))).mean(1)
    low, high = np.percentile(resampled, [2.5, 97.5])
    return f"mean return {returns.mean():+.3f}, 95 % interval {low:+.3f} to {high:+.3f}, {episodes} held-out problems"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=80)
    parser.add_argument("--batch", type=int, default=64, help="rollouts of a step")
    parser.add_argument("--group", type=int, default=8, help="rollouts of a problem")
    parser.add_argument("--learning-rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--evaluate", type=int, default=400, help="episodes before and after")
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    tokenizer = make_tokenizer()
    trainer = GRPOTrainer(
        model=make_model(tokenizer),
        processing_class=tokenizer,
        train_dataset=Dataset.from_list(prompts(TRAINING)),
        reward_funcs=episode_return,
        rollout_func=RolloutFunc(TRAINING, max_turns=3, max_new_tokens=1),
        args=GRPOConfig(
            output_dir=tempfile.mkdtemp(),
            max_steps=args.steps,
            per_device_train_batch_size=args.batch,
            num_generations=args.group,
            learning_rate=args.learning_rate,
            lr_scheduler_type="constant",
            temperature=1.0,
            use_cpu=True,
            bf16=False,
            logging_steps=1,
            report_to="none",
            disable_tqdm=True,
            save_strategy="no",
            seed=args.seed,
        ),
    )
    trainer.remove_callback(PrinterCallback)
    held_out = RolloutFunc(HELD_OUT, max_turns=3, max_new_tokens=1)
    print("before training:", evaluate(trainer, held_out, args.evaluate), flush=True)
    trainer.train()
    for entry in trainer.state.log_history:
        if "reward" in entry:
            print(f"step {entry['step']}: mean return {float(entry['reward']):+.2f}")
    print("after training: ", evaluate(trainer, held_out, args.evaluate))


if __name__ == "__main__":
    main()
