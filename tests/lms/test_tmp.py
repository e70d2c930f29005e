def test_a(cast): pass
def test_b(course): pass
def test_c(course): pass
