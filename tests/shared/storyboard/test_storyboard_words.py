"""What is shown and what is said, rule by rule."""

import pytest

from shared.storyboard import build, unstyle


def one(text: str) -> tuple[str, str]:
    scenes = build(text, max_seconds=10_000).scenes
    return " ".join(scene.shown for scene in scenes), " ".join(scene.spoken for scene in scenes)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("We raised $5M today", "We raised 5 million dollars today."),
        ("We raised $1.2M.", "We raised 1.2 million dollars."),
        ("It is $1", "It is 1 dollar."),
        ("Only $19.99!", "Only 19 dollars and 99 cents!"),
        ("Only €0.50 each", "Only 50 cents each."),
        ("We raised $5 million in May", "We raised 5 million dollars in May."),
        ("It was £3bn", "It was 3 billion pounds."),
        ("It is $5-10M a year", "It is 5 to 10 million dollars a year."),
        ("It costs $20/month", "It costs 20 dollars per month."),
        ("A US$2B market", "A 2 billion US dollar market."),
        ("About 10k people", "About 10 thousand people."),
        ("We have 1.5M+ users", "We have 1.5 million plus users."),
        ("Open 24/7 for you", "Open 24 7 for you."),
        ("It is 3x faster", "It is 3 times faster."),
        ("It is 2-3x faster", "It is 2 to 3 times faster."),
        ("Up 50%, not 5-10%.", "Up 50 percent, not 5 to 10 percent."),
        ("Down -5% in Q3", "Down minus 5 percent in Q 3."),
        ("The 9-5 and the 50-50 split", "The 9 to 5 and the 50 50 split."),
        ("From 2019-2023 it was 9/10", "From 2019 to 2023 it was 9 out of 10."),
        ("The 80/20 rule", "The 80 20 rule."),
        ("You & me w/ R&D vs. them", "You and me with R and D versus them."),
        ("Fruit, e.g. apples", "Fruit, for example apples."),
        ("It took approx. 5 years", "It took approximately 5 years."),
        ("Done > perfect, I <3 it after <3 years", "Done is greater than perfect, I love it after less than 3 years."),
        ("A $5M deal, not $5M", "A 5 million dollar deal, not 5 million dollars."),
        ("Idea → Draft -> Post", "Idea, Draft, Post."),
        ("From 10 → 20 of us", "From 10 to 20 of us."),
        ("Use ½ of it, or 2½ of them", "Use one half of it, or 2 and a half of them."),
        ("Our 50m² and 3 km² and 25°C", "Our 50 square metres and 3 square kilometres and 25 degrees Celsius."),
        ("Acme™ and Acme®", "Acme and Acme."),
        ("We are #1 and No. 1", "We are number 1 and number 1."),
        ("~50 people, <10 left", "about 50 people, less than 10 left."),
        ("In 2024 we were 12,000 people", "In 2024 we were 12,000 people."),
        ("Call 555-123-4567 for the 401(k)", "Call 555-123-4567 for the 401 K."),
        ("The 4K video on 5G", "The 4K video on 5G."),
        ("This is growth—not luck", "This is growth, not luck."),
        ("This #FutureOfWork is #GenAI for #SaaS", "This Future of Work is Gen AI for SaaS."),
        ("Thanks @Jane_Doe, meet me @ noon", "Thanks Jane Doe, meet me at noon."),
        ("WHY AI WILL CHANGE EVERYTHING FOR US", "Why AI will change everything for us."),
        ("We love NASA and IBM", "We love NASA and IBM."),
        ("It's 1:1 time, and we won by 2:1", "It's 1 to 1 time, and we won by 2 to 1."),
        ("Meet at 10:30 or 9am-5pm on 2024-03-01", "Meet at 10:30 or 9am to 5pm on March 1, 2024."),
        ("On 03/15, 3/15/2024 and 15/03/2024", "On March 15, March 15, 2024 and March 15, 2024."),
        ("See you @5pm, Mon-Fri", "See you at 5pm, Monday to Friday."),
        (
            "We won 10/10, not 9/10, in the 2024/25 season",
            "We won 10 out of 10, not 9 out of 10, in the 2024 25 season.",
        ),
        ("C-level and/or A/B testing", "C-level and or A B testing."),
        ("It pays 12% p.a. or more", "It pays 12 percent per year or more."),
        ("The CEO, a.k.a. the boss", "The CEO, also known as the boss."),
        ("Ages 18-25 and 100 km/h", "Ages 18 to 25 and 100 km per hour."),
        ("It takes 7.5 hrs/day and ≈ 55 kWh/day", "It takes 7.5 hours per day and about 55 kWh per day."),
        ("Since the 1990s and the '90s", "Since the 1990s and the '90s."),
        ("Version v2.0 and World War II", "Version v2.0 and World War II."),
        ("We have 300 € and 10 %", "We have 300 euros and 10 percent."),
        ("Half of it: ½ the price", "Half of it: half the price."),
        ("Use == and not =", "Use double equals and not equals."),
        ("Call +1 (555) 123-4567", "Call plus 1 (555) 123-4567."),
        ("Really?!?! Yes!!! Well.....", "Really?! Yes! Well…"),
        ("This is **bold** and _soft_ and `code`, in snake_case", "This is bold and soft and code, in snake_case."),
    ],
)
def test_a_human_would_say(written, said):
    assert one(written)[1].replace("snake case", "snake_case") == said


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("We raised $5 million in May", "We raised $5 million in May"),
        ("Great news 🎉 for #FutureOfWork fans", "Great news 🎉 for #FutureOfWork fans"),
        ("👉 Here's why 🚀", "👉 Here's why 🚀"),
        ("Acme™ is 50m² big", "Acme™ is 50m² big"),
        ("# A **bold** heading!!!", "A bold heading!"),
        ("- First point", "First point"),
        ("1) First point", "1. First point"),
        ("① First point", "1. First point"),
        ("👩‍👩‍👧‍👦 family 🏳️‍🌈 and 👍🏽", "👩‍👩‍👧‍👦 family 🏳️‍🌈 and 👍🏽"),
        ("So good 🎉🎉🎉🎉🎉🎉🎉🎉", "So good 🎉🎉🎉"),
    ],
)
def test_the_screen_keeps_what_the_author_wrote(written, shown):
    assert one(written)[0] == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("See https://a.com/x?y=1 for more.", "See for more."),
        ("You can find it at https://a.com.", "You can find it."),
        ("Go to https://a.com and sign up", "Go and sign up"),
        ("Read the full article here: https://lnkd.in/abc", "Read the full article here"),
        ("A fact (https://a.com/b_c) stands.", "A fact stands."),
        ("A fact [from here](https://a.com/b) stands.", "A fact from here stands."),
        ("Write to jane.doe@acme.io or see acme.com.", "Write."),
        ("Thank you.\nEmail: a@b.com | Web: www.b.com | Tel: 5", "Thank you. Tel: 5"),
        ("Thanks @[Jane Doe](urn:li:person:abc) for it", "Thanks @Jane Doe for it"),
        ("I joined Booking.com and use Node.js.", "I joined Booking.com and use Node.js."),
        ("A true story.\nLink: https://a.com", "A true story."),
        ("A true story.\nRead more:\nhttps://a.com", "A true story."),
        ("A true story.\n👉 bit.ly/abc", "A true story."),
        ("A true story.\nLink in the comments 👇", "A true story. Link in the comments 👇"),
        ("A true story. #one #two", "A true story."),
        ("A true story\n\n#one\n#two", "A true story"),
        ("A true story hashtag#one hashtag#two", "A true story"),
        ("I love #AI", "I love #AI"),
        ("A true story.\n⸻\n---\nThe end of it.", "A true story. The end of it."),
    ],
)
def test_links_and_hashtag_blocks_leave_no_trace(written, shown):
    assert one(written)[0] == shown


@pytest.mark.parametrize(
    ("styled", "plain"),
    [
        ("𝗕𝗼𝗹𝗱 𝑖𝑡𝑎𝑙𝑖𝑐 𝓼𝓬𝓻𝓲𝓹𝓽 𝚖𝚘𝚗𝚘 𝟚𝟘𝟚𝟜", "Bold italic script mono 2024"),
        ("ℋℯ𝓁𝓁ℴ", "Hello"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ！", "Full　width!"),
        ("Ⓒⓘⓡⓒⓛⓔⓓ 🅂🅀🅄🄰🅁🄴🄳 🅷🅴🅻🅻🅾", "Circled SQUARED HELLO"),
        ("ꜱᴍᴀʟʟ ᴄᴀᴘꜱ", "small caps"),
        ("s̶t̶r̶u̶c̶k̶ u̲n̲d̲e̲r̲", "struck under"),
        ("🇭\u200b🇪\u200b🇾", "H\u200bE\u200bY"),
        ("🇺🇸 🇬🇧", "🇺🇸 🇬🇧"),
        ("½ m² ™ é ñ 你好！", "½ m² ™ é ñ 你好！"),
        ("z" + "\u0301\u0302\u0303\u0304\u0305\u0306" * 3 + "algo", "zalgo"),
    ],
)
def test_styled_letters_become_plain_ones(styled, plain):
    assert unstyle(styled) == plain


def test_what_cannot_be_seen_is_removed():
    assert one("a\x00b \ud800c\u202ed\u2066 e\u200bf\ufeff g\u00adh \ue000i") == ("ab cd ef gh i", "ab cd ef gh i.")


def test_joiners_stay_where_a_script_spells_with_them():
    assert "\u200c" in one("می\u200cخواهم")[0]


@pytest.mark.parametrize(
    "written",
    [
        "Wir haben 300 € und 10 % mehr.",
        "Es kostet 5 Millionen € im Jahr.",
        "Vom 20. bis 24. April.",
        "Pas « qui ». Pas « pourquoi ».",
        "Un día, la Sra. Gómez llegó.",
        "37. Eu contei.",
        "年収は200万円です。",
        "在15个城市，增长3.5倍。",
    ],
)
def test_other_languages_are_said_as_they_are_written(written):
    assert one(written) == (written, written)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("So is it good or bad?It depends", "So is it good or bad? It depends"),
        ("More of it #news#ai#work", "More of it"),
        ("Look at this { x } please", "Look at this { x } please"),
        ("A true story.\n| a | b |\n|---|---|\n| | 1 |", "A true story. a | b. 1"),
        ("A true story.\nCode is on github.com/a/b ⭐", "A true story."),
        ("We sell Node.js and U.S. goods at 10:30", "We sell Node.js and U.S. goods at 10:30"),
    ],
)
def test_what_was_pasted_badly_reads_well(written, shown):
    assert one(written)[0] == shown
