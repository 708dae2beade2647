"""What words look like: a search query for each, by the language of the word. Data, and how it is read.

An entry is `query: words`, then `| language: words` for others than English; its further lines are indented. A word
stands for its plain inflections too (search.py says which); one of six letters or more for whatever begins with it.
The first entry that has a word decides. None holds a word that mostly means something else: to `run` a company is not
to run.
"""

from functools import cache
from typing import Final

# Things and people: a photograph shows them as they are.
THINGS: Final = """
coffee cup table: coffee espresso cappuccino latte barista | de: kaffee | fr: café | es: café | pt: café cafezinho |
    it: caffè | nl: koffie
cup of tea: tea teapot | de: tee | fr: thé | es: té | pt: chá | it: tè | nl: thee
family breakfast table: breakfast | de: frühstück | fr: petit-déjeuner | es: desayuno | pt: café-da-manhã | it:
    colazione | nl: ontbijt
friends at dinner table: lunch dinner supper meal | de: mittagessen abendessen | fr: déjeuner dîner | es: almuerzo
    cena | pt: almoço jantar | it: pranzo cena | nl: lunch diner
restaurant kitchen chef: restaurant chef cook cooking recipe | de: restaurant koch kochen | fr: restaurant cuisine
    cuisinier | es: restaurante cocinero | pt: restaurante cozinheiro | it: ristorante cuoco | nl: restaurant kok
home kitchen: kitchen oven | de: küche | es: cocina | pt: cozinha | it: cucina | nl: keuken
fresh bread bakery: bread bakery baker | de: brot bäcker bäckerei | fr: pain boulanger boulangerie | es: pan
    panadería | pt: pão padaria | it: pane panetteria | nl: brood bakker
father and daughter: daughter | de: tochter | fr: fille | es: hija | pt: filha | it: figlia | nl: dochter
father and son: son father dad | de: sohn vater papa | fr: fils père papa | es: hijo padre papá | pt: filho pai
    papai | it: figlio padre papà | nl: zoon vader
mother and child: mother mom mum motherhood | de: mutter mama | fr: mère maman | es: madre mamá | pt: mãe | it:
    madre mamma | nl: moeder
baby hand: baby newborn maternity paternity pregnant | de: baby elternzeit | fr: bébé | es: bebé | pt: bebê bebé |
    it: bambino neonato | nl: baby
children playing: child children kid kids toddler | de: kind kinder | fr: enfant enfants | es: niño niños | pt:
    criança crianças | it: bambini | nl: kind kinderen
family at table: family families parent parents husband wife | de: familie eltern ehefrau ehemann | fr: famille
    parents femme mari | es: familia padres esposa marido | pt: família pais esposa marido | it: famiglia genitori
    moglie marito | nl: familie gezin ouders vrouw
grandmother hands: grandmother grandfather grandma grandpa | de: großmutter oma opa | fr: grand-mère | es: abuela
    abuelo | pt: avó avô | it: nonna nonno | nl: oma opa
friends talking bench: friend friends friendship neighbour neighbor | de: freund freunde freundin nachbar | fr: ami
    amis amie | es: amigo amigos amiga | pt: amigo amigos amiga | it: amico amici amica | nl: vriend vrienden
    vriendin
dog portrait: dog puppy | de: hund | fr: chien | es: perro | pt: cachorro | it: cane | nl: hond
cat on keyboard: cat kitten | de: katze | fr: chat | es: gato | pt: gato | it: gatto | nl: kat
doctor corridor: doctor hospital surgeon clinic medicine | de: arzt ärztin krankenhaus | fr: médecin hôpital | es:
    médico hospital | pt: médico hospital | it: medico ospedale | nl: arts ziekenhuis dokter
nurse at work: nurse nurses nursing | de: pfleger krankenschwester pflege | fr: infirmière infirmier | es: enfermera
    | pt: enfermeira | it: infermiera | nl: verpleegkundige
teacher at blackboard: teacher teachers teaching taught blackboard | de: lehrer lehrerin | fr: professeur enseignant
    | es: profesor maestra maestro | pt: professor professora | it: insegnante professore | nl: leraar docent
classroom students: school classroom student students pupil | de: schule schüler student klassenzimmer | fr: école
    élève étudiant | es: escuela estudiante alumno | pt: escola aluno estudante | it: scuola studente | nl: school
    student leerling
university campus: university college campus graduate graduated graduation | de: universität studium | fr:
    université diplôme | es: universidad | pt: universidade faculdade | it: università laurea | nl: universiteit
stack of books: book books library bestseller novel | de: buch bücher bibliothek | fr: livre livres bibliothèque |
    es: libro libros biblioteca | pt: livro livros biblioteca | it: libro libri biblioteca | nl: boek boeken
open notebook pen: notebook journal diary pen pencil notes handwritten | de: notizbuch stift notizen | fr: cahier
    carnet stylo | es: cuaderno libreta | pt: caderno caneta | it: quaderno taccuino penna | nl: notitieboek pen
newspaper reading: newspaper magazine headline journalist | de: zeitung | fr: journal | es: periódico | pt: jornal |
    it: giornale | nl: krant
letter and envelope: letter envelope postcard mailbox | de: brief umschlag | fr: lettre enveloppe | es: carta | pt:
    carta envelope | it: lettera busta | nl: brief envelop
hands on laptop: laptop computer keyboard typing | de: rechner tastatur computer | fr: ordinateur clavier | es:
    ordenador computadora teclado portátil | pt: computador teclado | it: computer tastiera | nl: computer
    toetsenbord
code on screen: code coding coder programmer programming developer developers software github | de: entwickler code
    software programmier | fr: développeur logiciel | es: programador desarrollador código | pt: programador
    desenvolvedor código | it: programmatore sviluppatore codice | nl: ontwikkelaar programmeur
server room lights: server servers datacenter data-center mainframe | de: server rechenzentrum | fr: serveur | es:
    servidor | pt: servidor | it: server | nl: server
robot arm: robot robots robotics humanoid drone | de: roboter | fr: robot | es: robot | pt: robô | it: robot | nl:
    robot
charts on monitor: chart charts dashboard spreadsheet graph excel kpi kpis | de: diagramm tabelle kennzahl | fr:
    tableau graphique | es: gráfico | pt: gráfico planilha | it: grafico | nl: grafiek
phone in hand: phone smartphone iphone mobile app apps | de: handy smartphone telefon | fr: téléphone portable | es:
    teléfono móvil | pt: telefone celular | it: telefono cellulare | nl: telefoon mobiel
phone with messages: email emails inbox message messages whatsapp slack notification notifications | de: nachricht
    email e-mail postfach | fr: message courriel email | es: mensaje correo | pt: mensagem email | it: messaggio
    email | nl: bericht email
video call screen: zoom webcam videocall videocalls | de: videocall videokonferenz | fr: visioconférence visio | es:
    videollamada | pt: videochamada | it: videochiamata | nl: videogesprek
microphone podcast: podcast microphone radio | de: mikrofon podcast | fr: micro | es: micrófono | pt: microfone |
    it: microfono | nl: microfoon
speaker on stage: keynote conference audience auditorium speech tedx webinar | de: vortrag bühne publikum konferenz
    | fr: conférence scène discours | es: conferencia escenario público discurso | pt: palestra palco conferência |
    it: conferenza palco discorso | nl: conferentie podium publiek
camera tripod: camera film filming photographer photograph photo photos video videos videographer | de: kamera foto
    video | fr: caméra appareil photo vidéo | es: cámara foto video vídeo | pt: câmera foto vídeo | it: fotocamera
    foto video | nl: camera foto video
guitar close: guitar song concert musician music | de: gitarre musik lied konzert | fr: guitare musique chanson |
    es: guitarra música canción | pt: violão música canção | it: chitarra musica canzone | nl: gitaar muziek
piano keys: piano pianist | de: klavier | es: piano | it: pianoforte
paint and brushes: painting painter artist brush canvas museum | de: maler künstler museum | fr: peintre artiste
    musée | es: pintor artista museo | pt: pintor artista museu | it: pittore artista museo | nl: schilder
    kunstenaar museum
sketches on desk: design designer designers sketch sketches drawing prototype wireframe logo | de: skizze entwurf
    design | fr: dessin croquis | es: diseño diseñador dibujo | pt: desenho designer | it: disegno designer | nl:
    ontwerp schets
sticky notes wall: whiteboard post-its sticky-notes kanban brainstorm workshop workshops | de: whiteboard haftnotiz
    workshop | fr: atelier | es: taller pizarra | pt: oficina quadro | it: lavagna | nl: workshop
calendar on desk: calendar | de: kalender | fr: calendrier agenda | es: calendario agenda | pt: calendário agenda |
    it: calendario agenda | nl: kalender agenda
wall clock: clock alarm stopwatch | de: uhr wecker | fr: horloge réveil | es: reloj | pt: relógio | it: orologio
    sveglia | nl: klok wekker
moving boxes: boxes cardboard | de: kartons karton umzug | fr: cartons déménagement | es: cajas mudanza | pt: caixas
    mudança | it: scatole trasloco | nl: dozen verhuizing
suitcase by door: suitcase luggage backpack | de: koffer gepäck rucksack | fr: valise bagages | es: maleta equipaje
    | pt: mala bagagem | it: valigia bagaglio | nl: koffer bagage
airport window: airport airplane aeroplane plane flight flights jet passport jetlag | de: flughafen flugzeug flug
    flüge | fr: aéroport avion vol | es: aeropuerto avión vuelo | pt: aeroporto avião voo | it: aeroporto aereo volo
    | nl: vliegveld vliegtuig vlucht
train platform: trains railway commute commuting commuter subway metro | de: zug bahn bahnhof pendeln | fr: gare
    métro | es: tren metro estación | pt: trem comboio metrô | it: treno metro stazione | nl: trein station
hands on steering wheel: car cars uber taxi highway | de: auto autobahn fahrer | fr: voiture conducteur autoroute |
    es: coche carro conductor tráfico | pt: carro motorista trânsito | it: macchina automobile autista traffico |
    nl: auto bestuurder
bicycle on street: bike bicycle cycling cyclist | de: fahrrad rad | fr: vélo bicyclette | es: bicicleta | pt:
    bicicleta | it: bicicletta | nl: fiets
sailing boat: boat boats sail sailing sailor yacht | de: boot schiff segel | fr: bateau voile | es: barco vela | pt:
    barco vela | it: barca vela | nl: boot zeil
container port: freight cargo logistics harbour harbor supply-chain | de: hafen logistik fracht | fr: logistique
    fret | es: logística puerto | pt: logística porto | it: logistica porto | nl: logistiek haven
truck on road: truck trucks lorry van | de: lkw lastwagen lieferung | fr: camion livraison | es: camión entrega |
    pt: caminhão entrega | it: camion consegna | nl: vrachtwagen levering
warehouse shelves: warehouse warehouses inventory stockroom | de: lager lagerhalle | fr: entrepôt | es: almacén |
    pt: armazém | it: magazzino | nl: magazijn
factory floor: factory factories manufacturing assembly machines plant-floor | de: fabrik maschine produktion werk |
    fr: usine machine | es: fábrica máquina | pt: fábrica máquina | it: fabbrica macchinari | nl: fabriek machine
construction site crane: construction builder builders crane bricks scaffolding architect | de: baustelle kran
    architekt | fr: chantier architecte | es: construcción obra arquitecto | pt: construção obra arquiteto | it:
    cantiere architetto | nl: bouwplaats architect
tools in workshop: hammer toolbox carpenter craftsman wrench garage repair | de: werkzeug handwerk werkstatt | fr:
    outils artisan | es: herramientas artesano | pt: ferramentas artesão | it: attrezzi artigiano | nl: gereedschap
    ambacht
laboratory glass: laboratory lab scientist scientists microscope vaccine chemistry research | de: labor forscher
    forschung wissenschaft | fr: laboratoire chercheur recherche | es: laboratorio científico investigación | pt:
    laboratório cientista pesquisa | it: laboratorio scienziato ricerca | nl: laboratorium onderzoek
solar panels field: solar climate renewable sustainability sustainable carbon emissions turbine | de: solar klima
    nachhaltig windrad | fr: climat solaire durable | es: clima solar sostenible | pt: clima solar sustentável | it:
    clima solare sostenibile | nl: klimaat duurzaam
shop counter: shop shops store stores retail boutique cashier supermarket | de: geschäft supermarkt | fr: magasin
    boutique | es: tienda supermercado | pt: loja supermercado | it: negozio supermercato | nl: winkel supermarkt
market stall: stall farmers-market | de: marktstand | es: mercado | pt: feira | it: mercato
coins and calculator: money cash coins coin dollar dollars euro euros bank savings calculator invoice invoices
    receipt | de: geld münzen euro bank rechnung | fr: argent euros banque facture | es: dinero euros banco factura
    | pt: dinheiro reais banco fatura | it: soldi denaro banca fattura | nl: geld bank factuur
credit card payment: payment payments stripe paypal checkout | de: zahlung bezahlen | fr: paiement | es: pago | pt:
    pagamento | it: pagamento | nl: betaling
signing paper: contract contracts signature signed lawyer lawyers legal paperwork | de: vertrag unterschrift anwalt
    | fr: contrat signature avocat | es: contrato firma abogado | pt: contrato assinatura advogado | it: contratto
    firma avvocato | nl: contract handtekening advocaat
keys to house: apartment mortgage landlord rent realtor | de: wohnung miete | fr: appartement loyer | es:
    apartamento piso alquiler | pt: apartamento aluguel | it: appartamento affitto | nl: appartement huur
living room window: house home sofa couch living-room | de: haus zuhause sofa wohnzimmer | fr: maison canapé | es:
    casa sofá | pt: casa sofá | it: casa divano | nl: huis thuis
bedroom morning light: bed bedroom pillow sleep slept asleep insomnia | de: bett schlaf schlafzimmer | fr: lit
    sommeil chambre | es: cama sueño dormitorio | pt: cama sono quarto | it: sonno | nl: bed slaap
open door light: door doors doorway | de: tür | fr: porte | es: puerta | pt: porta | it: porta | nl: deur
window with rain: window windows rain rainy storm | de: fenster regen sturm | fr: fenêtre pluie orage | es: ventana
    lluvia tormenta | pt: janela chuva tempestade | it: finestra pioggia tempesta | nl: raam regen storm
stairs upwards: stairs staircase ladder elevator | de: treppe aufzug | fr: escalier échelle ascenseur | es: escalera
    ascensor | pt: escada elevador | it: scale ascensore | nl: trap ladder
bridge in fog: bridge bridges | de: brücke | fr: pont | es: puente | pt: ponte | it: ponte | nl: brug
city street: city cities street streets downtown skyline | de: stadt straße | fr: ville rue | es: ciudad calle | pt:
    cidade rua | it: città strada | nl: stad straat
office by window: office offices cubicle desk desks workplace headquarters | de: büro schreibtisch arbeitsplatz |
    fr: bureau | es: oficina escritorio | pt: escritório mesa | it: ufficio scrivania | nl: kantoor bureau
boardroom meeting: boardroom shareholders shareholder | de: vorstand aufsichtsrat | es: junta directiva | pt:
    diretoria
road at dawn: road roads path crossroads | de: weg wege | fr: chemin route | es: camino carretera | pt: estrada
    caminho | it: cammino | nl: weg pad
mountain path: mountain mountains hike hiking climber | de: berg berge gipfel wandern | fr: montagne sommet
    randonnée | es: montaña cumbre | pt: montanha cume | it: montagna vetta | nl: berg bergen
beach and sea: beach sea ocean waves surf surfing island | de: meer strand see insel | fr: mer plage île | es: mar
    playa isla | pt: mar praia ilha | it: mare spiaggia isola | nl: zee strand eiland
river and stones: river lake waterfall | de: fluss | fr: rivière lac | es: río lago | pt: rio lago | it: fiume lago
    | nl: rivier
forest path: forest tree trees woods nature | de: wald baum bäume natur | fr: forêt arbre arbres nature | es: bosque
    árbol naturaleza | pt: floresta árvore natureza | it: bosco albero natura | nl: bos boom natuur
young plant soil: seeds plants gardener soil harvest | de: pflanze samen ernte | fr: plante graine récolte | es:
    planta semilla cosecha | pt: planta semente colheita | it: pianta seme raccolto | nl: plant zaad oogst
garden flowers: garden gardening flower flowers | de: garten blume blumen | fr: jardin fleur | es: jardín flor
    flores | pt: jardim flor flores | it: giardino fiore | nl: tuin bloem
farm field: farm farmer farmers tractor cow cows | de: bauernhof bauer landwirt | fr: ferme agriculteur | es: granja
    agricultor | pt: fazenda agricultor | it: fattoria agricoltore | nl: boerderij boer
snow on mountains: snow skiing ski winter ice | de: schnee winter ski | fr: neige hiver | es: nieve invierno | pt:
    neve inverno | it: neve inverno | nl: sneeuw winter
sunrise window: sunrise dawn morning mornings | de: morgen morgens sonnenaufgang | fr: matin aube | es: mañana
    amanecer | pt: manhã amanhecer | it: mattina alba | nl: ochtend
city at night: night nights midnight evening evenings | de: nacht nächte abend | fr: nuit soir | es: noche | pt:
    noite | it: notte sera | nl: nacht avond
starry sky: stars star-lit universe galaxy astronaut rocket moon telescope | de: sterne mond rakete | fr: étoiles
    lune fusée | es: estrellas luna cohete | pt: estrelas lua foguete | it: stelle luna razzo | nl: sterren maan
    raket
runner on road: runner runners marathon jogging jog sprinting | de: marathon läufer joggen | fr: marathon coureur |
    es: maratón corredor | pt: maratona corredor | it: maratona corridore | nl: marathon hardloper
gym weights: gym workout workouts fitness athlete athletes weightlifting | de: fitness sportler training | fr: sport
    athlète | es: gimnasio atleta deporte | pt: academia atleta esporte | it: palestra atleta | nl: sportschool
    sport
football on grass: football soccer goalkeeper | de: fußball | fr: football | es: fútbol | pt: futebol | it: calcio |
    nl: voetbal
chess board: chess checkmate | de: schach | fr: échecs | es: ajedrez | pt: xadrez | it: scacchi | nl: schaak
swimmer in pool: swim swimming swimmer pool | de: schwimmen | fr: piscine natation | es: piscina natación | pt:
    piscina natação | it: piscina nuoto | nl: zwemmen zwembad
yoga on mat: yoga meditation meditate mindfulness breathing | de: yoga meditation | fr: méditation | es: meditación
    | pt: meditação | it: meditazione | nl: meditatie
trophy and confetti: trophy medal award awards champion | de: pokal medaille | fr: trophée médaille | es: trofeo
    premio medalla | pt: troféu prêmio medalha | it: trofeo premio medaglia | nl: prijs medaille
birthday cake candles: birthday cake candles anniversary | de: geburtstag kuchen | fr: anniversaire gâteau | es:
    cumpleaños pastel | pt: aniversário bolo | it: compleanno torta | nl: verjaardag taart
gift with ribbon: gift gifts christmas | de: geschenk weihnachten | fr: cadeau noël | es: regalo navidad | pt:
    presente natal | it: regalo natale | nl: cadeau kerst
light bulb: bulb lamp | de: glühbirne lampe | fr: ampoule lampe | es: bombilla lámpara | pt: lâmpada | it: lampadina
    | nl: gloeilamp
padlock keyboard: password passwords hacker hackers phishing ransomware cybersecurity firewall | de: passwort hacker
    | fr: mot-de-passe pirate | es: contraseña | pt: senha | it: password | nl: wachtwoord
map and compass: map compass | de: landkarte kompass | fr: boussole | es: mapa brújula | pt: mapa bússola | it:
    mappa bussola | nl: kaart kompas
puzzle pieces: puzzle | de: puzzle | es: rompecabezas
mirror reflection: mirror | de: spiegel | fr: miroir | es: espejo | pt: espelho | it: specchio | nl: spiegel
"""

# Doings and ideas: what they look like.
IDEAS: Final = """
laptop at kitchen table: remote remotely homeoffice home-office freelance freelancer freelancing | de: homeoffice
    freiberufl selbstständig | fr: télétravail indépendant | es: teletrabajo autónomo | pt: teletrabalho home-office
    autônomo | it: smart-working telelavoro | nl: thuiswerken zzp
job interview: hired hiring hire hires recruit recruiter recruiters recruiting interview interviews candidate
    candidates resume cv applicant applied applicants job jobs | de: bewerb einstell eingestellt recruiting
    vorstellungsgespräch job jobs | fr: recrut embauch entretien candidat emploi poste | es: contrat entrevista
    candidat empleo | pt: contrat entrevista candidat emprego vaga | it: assun colloquio candidat | nl:
    sollicit aangenomen kandidaat baan
packing desk box: fired laid-off layoff layoffs resign resigned quit quitting unemployed redundancy | de: kündig
    gekündigt entlassen | fr: licenci démission démissionné quitté chômage | es: despid despido renunci | pt: demit
    demissão | it: licenzi dimission | nl: ontslag ontslagen
climbing office stairs: promotion promoted career careers | de: beförder karriere | fr: promotion carrière | es:
    ascenso carrera | pt: promoção promovid carreira | it: promozione carriera | nl: promotie carrière
team meeting table: meeting meetings standup agenda | de: besprech meeting sitzung | fr: réunion | es: reunión
    reuniones | pt: reunião reuniões | it: riunione | nl: vergadering overleg
person presenting to team: manager managers boss bosses leader leaders leadership ceo cto cfo founder founders
    executive executives management | de: chef chefin führung führungskraft gründer | fr: chef patron dirigeant
    fondat manager | es: jefe jefa líder liderazgo fundador gerente | pt: chefe líder liderança fundador gestor
    gerente | it: capo leader fondatore dirigente | nl: baas leider leiderschap manager oprichter
team around laptop: team teams teammate colleague colleagues coworker coworkers together collaborat collaborate |
    de: team kollege kollegen kollegin zusammen gemeinsam | fr: équipe équipes collègue ensemble | es: equipo
    equipos colega juntos | pt: equipe equipa colega juntos | it: squadra team colleg insieme | nl: team collega
    samen
customer at counter: customer customers client clients buyer buyers guest guests | de: kunde kunden kundin | fr:
    client clients cliente | es: cliente clientes | pt: cliente clientes | it: cliente clienti | nl: klant klanten
handshake over desk: sales sell selling sold deal deals negotiat negotiate partner partners partnership agreement
    closed-won | de: verkauf vertrieb verhandl partner | fr: vente ventes vendre négoci partenaire | es: venta
    ventas vender negoci socio | pt: venda vendas vender negoci parceiro | it: vendita vendere negozia partner
    accordo | nl: verkoop onderhandel partner
investors at table: investor investors venture fundraising funding seed-round vc vcs | de: investor investoren
    finanzierung | fr: investisseur investisseurs | es: inversor inversores inversión | pt: investidor investidores
    investimento | it: investitore investimenti | nl: investeerder investering
coins and calculator: revenue profit profits budget budgets salary salaries price prices pricing cost costs raise
    income million millions billion debt tax taxes earn earned | de: umsatz gewinn gehalt kosten preis budget steuer
    | fr: salaire prix budget revenu coût | es: salario precio ingresos coste presupuesto | pt: salário preço lucro
    receita custo | it: stipendio prezzo ricavi costo costi | nl: salaris omzet prijs kosten winst
small office team: startup startups entrepreneur entrepreneurs company companies business founded | de: startup
    unternehmen firma gründung | fr: entreprise entreprises startup entrepreneur | es: empresa empresas emprend
    startup | pt: empresa empresas empreend startup | it: azienda impresa startup | nl: bedrijf onderneming startup
plant growing from coins: growth grow grew grown growing scale scaling scaled doubled tripled | de: wachstum wachsen
    wächst gewachsen | fr: croissance grandir croître | es: crecimiento crecer creció | pt: crescimento crescer
    cresceu | it: crescita crescere | nl: groei groeien gegroeid
crumpled paper desk: fail failed fails failing failure failures mistake mistakes wrong error errors rejected
    rejection | de: fehler scheiter gescheitert misserfolg abgelehnt | fr: échec erreur erreurs échoué | es: fracas
    error errores fallo | pt: fracass erro erros falha | it: fallimento errore errori sbagli | nl: fout fouten
    mislukt falen
open notebook pen: learn learned learnt learns learning lesson lessons study studied course courses training mentor
    mentoring | de: lernen lernt gelernt lektion kurs weiterbildung | fr: apprendre appris leçon formation | es:
    aprend aprender lección curso | pt: aprend aprender lição curso | it: impar imparare lezione corso | nl: leren
    geleerd les cursus
hands typing keyboard: write writes writing wrote written writer draft drafts words copywriting newsletter blog |
    de: schreib schreiben geschrieben | fr: écrire écrit | es: escrib escribir escrito | pt: escrev escrever escrito
    | it: scriv scrivere scritto | nl: schrijven geschreven
charts on monitor: data analytics metric metrics numbers statistics statistic percent survey forecast | de: daten
    zahlen statistik prozent | fr: données chiffres statistiques | es: datos cifras números estadística | pt: dados
    números estatística | it: dati numeri statistica | nl: gegevens cijfers data
robot hand human hand: ai chatgpt algorithm algorithms automation automate automated llm llms gpt openai
    machine-learning agents | de: ki künstliche-intelligenz automatisier | fr: ia algorithme automatis | es: ia
    algoritmo automatiz | pt: ia algoritmo automatiz | it: ia algoritmo automatizz | nl: ai algoritme automatiser
server room lights: cloud database databases infrastructure api apis backend outage sql | de: cloud datenbank
    infrastruktur | fr: cloud infrastructure | es: nube | pt: nuvem | it: cloud | nl: cloud
code on screen: bug bugs deploy deployed deployment debugging engineer engineers engineering website feature
    features frontend | de: ingenieur programm webseite | fr: ingénieur ingénieurs site | es: ingenier ingeniero
    sitio | pt: engenheir engenheiro site | it: ingegnere ingegneri sito | nl: ingenieur website
padlock keyboard: security privacy encryption breach | de: sicherheit datenschutz | fr: sécurité | es: seguridad
    privacidad | pt: segurança privacidade | it: sicurezza | nl: veiligheid beveiliging
person on phone: phone-call called-me hotline | de: anruf angerufen telefon | fr: appel appelé | es: llamada llamó |
    pt: ligação ligou | it: chiamata chiamato | nl: gebeld telefoontje
tired person desk: burnout burned-out burnt-out stress stressed exhausted exhaustion overwhelmed overwhelm anxiety
    overtime overworked tired | de: burnout stress erschöpf überstunden müde | fr: épuis épuisement burn-out stress
    fatigue | es: agot agotamiento estrés cansad | pt: esgot esgotamento estresse cansad | it: stress esaur stanco
    stanca | nl: stress burn-out uitgeput moe
hammock by sea: vacation vacations holiday holidays sabbatical rested pause relax | de: urlaub pause ferien erholung
    | fr: vacances pause repos | es: vacaciones descanso | pt: férias descanso | it: vacanza vacanze riposo pausa |
    nl: vakantie pauze rust
wall clock: deadline deadlines hurry time hour hours minute minutes schedule | de: zeit stunde stunden frist termin
    | fr: temps heure heures délai | es: tiempo hora horas plazo | pt: tempo hora horas prazo | it: tempo scadenza |
    nl: tijd uur uren deadline
runner on start line: start started begin begins began beginning first-step kickoff | de: anfang angefangen begonnen
    beginn | fr: début commencer commencé | es: empez empezar comienzo inicio | pt: começ começar início | it: inizi
    iniziare inizio | nl: begin begonnen starten
open door light: opportunity opportunities chance chances decision decisions choice choices freedom | de: chance
    entscheidung gelegenheit freiheit | fr: opportunité décision choix liberté | es: oportunidad decisión libertad |
    pt: oportunidade decisão liberdade | it: opportunità decisione scelta libertà | nl: kans beslissing keuze
    vrijheid
tools in workshop: build builds building built craft product products ship shipped shipping launch launched
    launching | de: bauen gebaut produkt produkte | fr: construire produit produits | es: construir construi
    producto productos | pt: construir constru produto produtos | it: costruire prodotto prodotti | nl: bouwen
    gebouwd product
light bulb: idea ideas creative creativity innovation innovate innovative inspiration | de: idee ideen innovation
    kreativ | fr: idée idées innovation créati | es: idea ideas innovación creativ | pt: ideia ideias inovação
    criativ | it: idea idee innovazione creativ | nl: idee ideeën innovatie creatief
person looking out window: think thinks thinking wonder reflect reflection focus focused silence | de: denken
    gedanke gedanken nachdenken | fr: penser pensée réfléchir | es: pensar pensamiento | pt: pensar pensamento | it:
    pensare pensiero | nl: denken gedachte
two people talking: listen listens listened listening conversation conversations talk talks talked talking feedback
    coaching coach advice | de: zuhören gespräch feedback reden | fr: écouter conversation parler | es: escuchar
    conversación hablar | pt: ouvir conversa falar escut | it: ascoltare conversazione parlare | nl: luisteren
    gesprek praten
raised hands: question questions answer answers vote | de: frage fragen antwort | fr: question questions réponse |
    es: pregunta preguntas respuesta | pt: pergunta perguntas resposta | it: domanda domande risposta | nl: vraag
    vragen antwoord
team celebrating: success successful celebrate celebrated win won winning winner proud achievement achieved thank
    thanks thankful grateful gratitude congratulations milestone | de: erfolg erfolgreich gewonnen danke dankbar
    stolz | fr: succès réussite gagné merci fier | es: éxito ganar ganó gracias orgullos | pt: sucesso ganhar
    obrigad gratidão orgulh | it: successo vinto grazie orgoglios | nl: succes gewonnen dank dankbaar trots
woman at desk: woman women girl girls | de: frau frauen | fr: femmes | es: mujer mujeres | pt: mulher mulheres | it:
    donna donne | nl: vrouwen
sticky notes wall: plan plans planning strategy strategies goal goals roadmap target targets priorities priority
    project projects | de: ziel ziele strategie projekt plan | fr: objectif objectifs stratégie projet | es:
    objetivo objetivos estrategia proyecto | pt: objetivo estratégia projeto meta | it: obiettivo strategia progetto
    | nl: doel doelen strategie project
storm clouds: crisis crises war recession collapse pandemic risk risks fear afraid scared worry | de: krise angst
    risiko krieg | fr: crise peur risque guerre | es: crisis miedo riesgo guerra | pt: crise medo risco guerra | it:
    crisi paura rischio guerra | nl: crisis angst risico oorlog
hands held together: trust trusted empathy kindness caring support supported help helped helping volunteer community
    | de: vertrauen hilfe unterstütz gemeinschaft helfen | fr: confiance aide soutien communauté aider | es:
    confianza ayuda apoyo comunidad ayudar | pt: confiança ajuda apoio comunidade ajudar | it: fiducia aiuto
    sostegno comunità aiutare | nl: vertrouwen hulp steun helpen
mountain path: challenge challenges challenging difficult struggle resilience persistence courage brave journey |
    de: herausforder mut schwierig reise | fr: défi défis courage difficile | es: desafío reto valentía difícil |
    pt: desafio coragem difícil jornada | it: sfida coraggio difficile | nl: uitdaging moed moeilijk
airport window: travel travelled traveled travelling traveling trip trips abroad moved emigrat immigrant | de:
    reisen gereist ausland | fr: voyage voyager étranger | es: viaje viajar extranjero | pt: viagem viajar exterior
    | it: viaggio viaggiare estero | nl: reizen reis buitenland
runner on road: health healthy habit habits discipline exercise | de: gesund gesundheit gewohnheit | fr: santé
    habitude discipline | es: salud hábito disciplina | pt: saúde hábito disciplina | it: salute abitudine
    disciplina | nl: gezond gezondheid gewoonte
phone with messages: linkedin instagram tiktok facebook twitter social-media followers follower post posts posted
    posting comment comments algorithmic viral | de: beitrag kommentar netzwerk | fr: publication commentaire réseau
    réseaux | es: publicación comentario redes | pt: publicação comentário redes | it: pubblicazione commento social
    | nl: bericht reactie netwerk
billboard in city: marketing advertising advert adverts campaign campaigns brand brands branding ads | de: marketing
    werbung marke kampagne | fr: marketing publicité marque campagne | es: marketing publicidad marca campaña | pt:
    marketing publicidade marca campanha | it: marketing pubblicità marca campagna | nl: marketing reclame merk
    campagne
diverse people smiling: diversity inclusion inclusive culture equality belonging generation | de: vielfalt
    kultur menschen leute | fr: diversité culture gens | es: diversidad cultura gente personas | pt: diversidade
    cultura pessoas | it: diversità cultura persone | nl: diversiteit cultuur
road at dawn: future tomorrow change changed changes changing transformation purpose vision dream dreams | de:
    zukunft veränder wandel traum | fr: avenir futur changement rêve | es: futuro cambio sueño cambiar | pt: futuro
    mudança sonho mudar | it: futuro cambiamento sogno | nl: toekomst verander droom
balancing stones: balance balanced patience patient calm simplicity simple | de: gleichgewicht geduld einfach ruhe |
    fr: équilibre patience simple calme | es: equilibrio paciencia calma | pt: equilíbrio paciência calma | it:
    equilibrio pazienza calma | nl: balans geduld rust
old photographs: years-ago memory memories childhood retired retirement yesterday | de: erinnerung vergangenheit
    rente kindheit | fr: souvenir passé retraite enfance | es: recuerdo pasado jubilación infancia | pt: lembrança
    passado aposentadoria infância | it: ricordo passato pensione infanzia | nl: herinnering verleden pensioen jeugd
"""


@cache
def looks(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Words of a language (`en`, `de`, …) and their queries: of things, and of ideas."""
    return _read(THINGS, language), _read(IDEAS, language)


def _read(lines: str, language: str) -> dict[str, str]:
    table: dict[str, str] = {}
    for line in lines.strip().replace("\n    ", " ").splitlines():
        query, _, rest = line.partition(": ")
        english, *others = rest.split(" | ")
        by_language = {"en": english} | {code: words for code, _, words in (part.partition(": ") for part in others)}
        for word in by_language.get(language, "").split():
            table.setdefault(word, query)
    return table
