"""The pages by themselves: what one says another one hears, so that the other cases can be believed."""
from browser import LIBRARIES, Browser
from framework.case import case


@case
def pages_hear_what_they_say(stage):
    """Each library loads; a page that is connected with itself hears its own voice and sees its own picture."""
    for library in (*LIBRARIES, "jssip"):
        page = Browser(stage, "a", library)
        page.do("talk_to_itself")
        page.hear("a")
        page.expect_only("a")
        page.sees("red")
        page.close()
