from lambdas.shared.error_tracking.bounded_cache import BoundedCache


def test_least_used_goes_first():
    cache = BoundedCache(10)
    for key in "ab":
        cache.put(key, key, 4)
    assert cache.get("a") == "a"
    cache.put("c", "c", 4)
    assert [cache.get(key) for key in "abc"] == ["a", None, "c"]


def test_too_large_value_is_not_kept():
    cache = BoundedCache(10)
    cache.put("a", "a", 4)
    cache.put("b", "b", 11)
    assert (cache.get("a"), cache.get("b")) == ("a", None)


def test_replaced_value_frees_its_size():
    cache = BoundedCache(10)
    for _ in range(5):
        cache.put("a", "a", 6)
    cache.put("b", "b", 4)
    assert (cache.get("a"), cache.get("b")) == ("a", "b")
    cache.put("a", "large", 11)
    assert cache.get("a") is None
