import asyncio
async def bad():
    raise ValueError("never retrieved")
async def main():
    task = asyncio.create_task(bad())
    await asyncio.sleep(0.01)
    print(task.done())
asyncio.run(main())
