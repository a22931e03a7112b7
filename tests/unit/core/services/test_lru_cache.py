from core.services.lru_cache import LruCache


def test_the_value_that_was_not_used_for_longest_is_dropped() -> None:
    cache = LruCache[str, int](2)
    cache.put("a", 1)
    cache.put("b", 2)
    assert cache.get("a") == 1
    cache.put("c", 3)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == (1, None, 3)


def test_a_value_can_be_replaced_and_discarded() -> None:
    cache = LruCache[str, int](1)
    cache.put("a", 1)
    cache.put("a", 2)
    assert cache.get("a") == 2
    cache.discard("a")
    cache.discard("a")
    assert cache.get("a") is None
