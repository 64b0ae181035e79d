"""The quickest that Python can do: picows, uvloop, orjson, fastText. fasttext_server.py PORT FOLDER"""
import asyncio
import pathlib
import sys

import fasttext
import orjson
import picows
import uvloop

model = fasttext.load_model(str(pathlib.Path(sys.argv[2]) / "fasttext.bin"))
# The method of the compiled module: the wrapper copies the answers into an array of numpy first.
predict = model.f.predict
PREFIX = len("__label__")


class Listener(picows.WSListener):
    def on_ws_frame(self, transport, frame):
        if frame.msg_type == picows.WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
            return
        request = orjson.loads(frame.get_payload_as_memoryview())
        ranking = [
            {"intent": label[PREFIX:], "confidence": round(confidence, 6)}
            for confidence, label in predict(request["text"] + "\n", 5, 0.0, "strict")
        ]
        transport.send(picows.WSMsgType.TEXT, orjson.dumps({
            "type": "results", "id": request.get("id"), "kind": "intent",
            "results": [{**ranking[0], "ranking": ranking}],
        }))


async def main():
    server = await picows.ws_create_server(lambda _: Listener(), "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


uvloop.run(main())
