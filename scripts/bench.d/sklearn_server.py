"""The usual Python stack: asyncio, websockets, scikit-learn. sklearn_server.py PORT FOLDER"""
import asyncio
import json
import pathlib
import pickle
import sys

import numpy
import websockets

model = pickle.loads((pathlib.Path(sys.argv[2]) / "sklearn.pickle").read_bytes())
intents = model.classes_


def classify(text):
    probabilities = model.predict_proba([text])[0]
    ranking = numpy.argsort(probabilities)[:-6:-1]
    return [
        {"intent": str(intents[i]), "confidence": round(float(probabilities[i]), 6)}
        for i in ranking
    ]


async def serve(connection):
    async for message in connection:
        request = json.loads(message)
        ranking = classify(request["text"])
        await connection.send(json.dumps({
            "type": "results", "id": request.get("id"), "kind": "intent",
            "results": [{**ranking[0], "ranking": ranking}],
        }))


async def main():
    # Without compression, like the others: its own cost is no matter of inference.
    async with websockets.serve(serve, "127.0.0.1", int(sys.argv[1]), compression=None):
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
