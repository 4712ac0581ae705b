"""Video added in the middle of a call between browsers, judged by the picture that is seen."""
from framework.failure import expect
from world import World, connect, each, talk


@each()
def video_is_added_by_caller(stage, library):
    """The caller adds its camera: the callee sees it and both still talk; the callee adds its own."""
    world = World(stage)
    a, b = world.browser("a", library), world.browser("b", library)
    connect(a, b, "bob")
    a.do("addVideo", -1)
    b.sees("red", 6)
    talk(a, b)
    b.do("addVideo", -1)
    a.sees("blue", 6)
    talk(a, b)
    before = a.measure()["framesDecoded"]
    a.hear("b", 50)
    expect(a.measure()["framesDecoded"] > before, "frames go on")
    a.hang_up()
    b.is_over()


@each()
def video_from_the_start(stage, library):
    """A call with video both ways, held and resumed."""
    world = World(stage)
    a, b = world.browser("a", library), world.browser("b", library)
    connect(a, b, "bob", video=True)
    a.sees("blue", 6)
    b.sees("red", 6)
    b.do("hold", -1)
    a.hear("music")
    b.do("resume", -1)
    talk(a, b)
    a.hang_up()
    b.is_over()
