"""What a connection makes of answers."""

from time import monotonic

import pytest

from lambdas.load_test import http_connection
from lambdas.load_test.http_connection import Arrival, HttpConnection
from lambdas.load_test.routes import asks_of
from lambdas.load_test.settings import Route
from lambdas.load_test.tally import Tally
from lambdas.vocabulary.load_tests import Failure

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
(ASK,) = asks_of([Route("https://a.example/x")], ("a.example",), {"X-Load-Test": "1"})


class Transport:
    def __init__(self):
        self.written, self.aborted = [], False

    def write(self, data):
        self.written.append(data)

    def abort(self):
        self.aborted = True


class Talk:
    """A connection, and what its pool was told."""

    def __init__(self):
        self.transport, self.freed, self.lost, self.tally = Transport(), 0, [], Tally()
        self.connection = HttpConnection(self.transport, self._freed, lambda _, arrival: self.lost.append(arrival))

    def _freed(self, _):
        self.freed += 1

    def ask(self, *, repeated=False):
        self.connection.send(Arrival(monotonic(), ASK, self.tally, repeated=repeated))

    def answer(self, *pieces):
        for piece in pieces:
            self.connection.data_received(piece)


@pytest.fixture
def talk():
    talk = Talk()
    talk.ask()
    return talk


def test_request_is_sent_whole(talk):
    assert talk.transport.written == [b"GET /x HTTP/1.1\r\nHost: a.example\r\nX-Load-Test: 1\r\n\r\n"]


def test_answer_in_pieces_is_one(talk):
    talk.answer(OK[:9], OK[9:30], OK[30:])
    assert (talk.tally.answered, talk.freed, talk.transport.aborted) == (1, 1, False)


def test_connection_asks_again(talk):
    talk.answer(OK)
    talk.ask()
    talk.answer(b"HTTP/1.1 103 Early Hints\r\n\r\n", OK)
    assert (talk.tally.answered, talk.freed) == (2, 2)


def test_chunks_are_read_to_their_end(talk):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    talk.answer(head, b"2\r\n{}\r\n")
    assert talk.tally.answered == 0
    talk.answer(b"0\r\n\r\n")
    assert (talk.tally.answered, talk.freed) == (1, 1)


def test_body_without_length_ends_with_the_connection(talk):
    talk.answer(b"HTTP/1.1 200 OK\r\n\r\n{}")
    assert talk.tally.answered == 0
    talk.connection.eof_received()
    assert (talk.tally.answered, talk.freed, talk.transport.aborted) == (1, 0, True)


def test_connection_that_will_close_is_not_used_again(talk):
    talk.answer(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    assert (talk.tally.answered, talk.freed, talk.transport.aborted) == (1, 0, True)


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"])
def test_answer_that_is_no_http_is_malformed(talk, answer):
    talk.answer(answer)
    assert (talk.tally.errors, talk.transport.aborted) == ({Failure.MALFORMED: 1}, True)


def test_endless_body_is_cut(talk, monkeypatch):
    monkeypatch.setattr(http_connection, "LARGEST_ANSWER", 1000)
    talk.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"x" * 1001)
    assert (talk.tally.errors, talk.transport.aborted) == ({Failure.MALFORMED: 1}, True)


def test_unasked_answer_is_not_counted(talk):
    talk.answer(OK, OK)
    assert (talk.tally.answered, talk.tally.errors, talk.transport.aborted) == (1, {}, True)


def test_connection_lost_in_the_answer_is_an_error(talk):
    talk.answer(OK[:20])
    talk.connection.connection_lost(None)
    assert (talk.tally.errors, talk.lost) == ({Failure.CONNECTION: 1}, [None])


def test_first_request_of_a_connection_is_not_repeated(talk):
    talk.connection.connection_lost(None)
    assert (talk.tally.errors, talk.lost) == ({Failure.CONNECTION: 1}, [None])


def test_connection_closed_while_idle_is_no_error(talk):
    """The server closed it in the moment in which it was used again: the request goes over another one."""
    talk.answer(OK)
    talk.ask()
    talk.connection.connection_lost(None)
    assert talk.tally.errors == {}
    assert [arrival.ask for arrival in talk.lost] == [ASK]


def test_repeated_request_that_is_lost_again_is_an_error(talk):
    talk.answer(OK)
    talk.ask(repeated=True)
    talk.connection.connection_lost(None)
    assert (talk.tally.errors, talk.lost) == ({Failure.CONNECTION: 1}, [None])


def test_overdue_answer_fails_once(talk):
    talk.connection.fail(Failure.TIMEOUT)
    talk.connection.connection_lost(None)
    assert (talk.tally.errors, talk.lost) == ({Failure.TIMEOUT: 1}, [None])
