"""What to look for to picture a scene: things that can be seen, never ideas."""

from functools import cache
from typing import Final

import regex

from .scene import Scene

MOST: Final = 3  # queries a scene
# One photograph of a service, named among the terms of a scene by who chose it.
CHOSEN: Final = regex.compile(r"(?P<service>unsplash|pexels):(?P<id>[A-Za-z0-9_-]{1,64})")
NEUTRAL: Final = ("desk by window", "city street morning", "notebook and coffee", "people walking office")

_ENDINGS: Final = ("", "s", "es", "d", "ed", "ing", "'s", "’s", "n", "en", "e")
_STEM: Final = 6  # letters; shorter ones begin too many other words: `rest` is not in `restless`
_LONGEST_ENDING: Final = 5  # letters

# Words, or beginnings of words of at least _STEM letters, and what they look like. The first entry that fits decides.
_SEEN: Final = """
remote work from home, homeoffice, télétravail, teletrabajo: laptop at kitchen table
hired hiring hire recruit interview candidate, bewerb, einstell, recrut, embauch, contrat: job interview
fired layoff laid resign quit, kündig, gekündigt, licenci, despid, démission: packing desk box
promot, beförder, promotion, ascenso: climbing office stairs
meeting meetings calendar, besprech, réunion, reunión, reunião: team meeting table
manager boss leader lead ceo founder, chef, führung, líder, jefe, gründer, fondat: person presenting to team
team colleague together coworker, kolleg, équipe, equipo, equipe, collega: team around laptop
customer client buyer, kunde, cliente, klant: handshake in shop
sales sell selling sold deal negotiat, verkauf, vente, venta, venda: handshake over desk
money revenue profit budget salary cost price paid dollar euro cash invest fund million billion: coins and calculator
umsatz, geld, argent, dinero, dinheiro: coins and calculator
growth grow grew scale scaling, wachst, croiss, crec, cresc: young plant soil
fail failed failure mistake wrong error, fehler, scheiter, échec, fracas, erro: crumpled paper desk
learn learned lesson study course teach taught, lern, appris, aprend: open notebook pen
school university student class, schule, école, escuela, escola: classroom students
reading book books, buch, livre, libro, livro, boek: stack of books
write writing wrote post draft words, schreib, écri, escrib, escrev: hands typing keyboard
code coding software developer engineer bug program, entwickl, développ, desarroll: code on screen
data dashboard metric chart number numbers analytics, daten, données, datos, dados: charts on monitor
ai robot algorithm model automation llm gpt, ki, ia: server room lights
email inbox message, nachricht, correo: phone with messages
phone call called, telefon, téléphone, teléfono: person on phone
speak speaking stage talk presentation audience pitch, vortrag, bühne, scène, escenario: speaker on stage
palco: speaker on stage
investor investors board venture, investisseur, inversor, investidor: boardroom meeting
startup garage company business, unternehmen, firma, entreprise, empresa, bedrijf: small office team
deadline hurry late time hour hours minute clock, zeit, heure, hora, tijd: wall clock
morning sunrise early wake, morgen, matin, mañana, manhã: sunrise window
night evening late tired sleep, nacht, schlaf, nuit, sommeil, noche, noite: city at night
burnout stress exhausted overwhelm anxiety, erschöpf, épuis, agot: tired person desk
rest break vacation holiday pause, urlaub, vacances, vacaciones, férias: hammock by sea
coffee, kaffee, café, koffie: coffee cup
lunch dinner restaurant food cook kitchen, essen, cuisine, cocina, cozinha: kitchen cooking
family father mother dad mom child children kids son daughter parent, familie, famille: family at table
familia, família, vater, mutter, père, mère, padre, madre, pai, mãe: family at table
friend friends, freund, ami, amigo: friends talking bench
health doctor hospital patient nurse, arzt, médec, salud, saúde: doctor corridor
run running marathon sport train training, laufen, courir, correr: runner on road
climb mountain summit peak challenge, berg, montagne, montaña, montanha: mountain path
travel flight airport plane train, reise, voyage, viaj: airport window
city street office building, stadt, ville, ciudad, cidade: city street
home house, haus, maison, casa, huis: living room window
garden tree forest nature plant, garten, jardin, jardín, jardim, natur: forest path
sea ocean water boat sail, meer, mer, mar, zee: sailing boat
road path journey way start begin, weg, chemin, camino, caminho: road at dawn
door open opportunity chance, tür, porte, puerta, porta: open door light
build building product ship launch, bauen, produkt, construi, produit, producto, produto: workshop tools
design designer draw sketch brand, gestalt, dessin, diseñ: sketches on desk
idea creative think thinking, idee, gedanke, idée, pensar: light bulb
listen listening hear, zuhör, écout, escuch: two people listening
question ask asked why, frage, question, pregunta, pergunta: raised hands
thank grateful gratitude award win won success celebrat, danke, erfolg, merci, succès: team celebrating
gracias, éxito, obrigad, sucesso: team celebrating
woman women girl, frau, femme, mujer, mulher: woman at desk
video screen, bildschirm, écran, pantalla, tela: video call screen
plan strategy goal goals roadmap, ziel, plan, objectif, objetivo: sticky notes wall
car drive driving, auto, voiture, coche, carro: hands on steering wheel
music guitar song, musik, musique, música: guitar
camera photo film video: camera tripod
crisis storm rain, krise, crise, crisis: storm clouds
factory machine production, fabrik, usine, fábrica: factory floor
science research lab, forschung, recherche, investig, pesquisa: laboratory glass
law contract legal sign, vertrag, contrato: signing paper
security password hack, sicherheit, sécurité, segur: padlock keyboard
cloud server network, netzwerk, réseau: server racks
"""
_WORD = regex.compile(r"\p{L}[\p{L}'’-]*")


def search_terms(scene: Scene, scenes: tuple[Scene, ...]) -> tuple[str, ...]:
    """One to three queries in English for a scene of `scenes`, the best first; neighbours do not begin alike."""
    place = scenes.index(scene)
    found = _found(scene)
    theme = [query for other in scenes for query in _found(other)]
    queries = list(dict.fromkeys([*found, *theme, *NEUTRAL[place % len(NEUTRAL) :], *NEUTRAL]))[:MOST]
    alike = 0  # scenes in a row before this one that would begin with the same picture
    while alike < place and _found(scenes[place - alike - 1])[:1] == found[:1]:
        alike += 1
    turn = alike % len(queries)
    return (*queries[turn:], *queries[:turn])


def _found(scene: Scene) -> list[str]:
    """What the words of a scene look like, in their order."""
    found: dict[str, None] = {}
    table = _table()
    for word in _WORD.findall(scene.shown.lower()):
        for length in range(len(word), 1, -1):
            entry = table.get(word[:length])
            ending = word[length:]
            if entry and (ending in _ENDINGS or (length >= _STEM and len(ending) <= _LONGEST_ENDING)):
                found[entry] = None
                break
    return list(found)


@cache
def _table() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in _SEEN.strip().splitlines():
        beginnings, _, query = line.rpartition(": ")
        for beginning in beginnings.replace(",", " ").split():
            table.setdefault(beginning, query)
    return table
