"""The most frequent words of the languages written in Latin letters, the most frequent first."""

from typing import Final

# Written by hand for this service. English words that every language uses at work are in LOANS, not under "en".
WORDS: Final[dict[str, str]] = {
    "en": """
        the to and of a i in is that it for you my was we with not on this have but are be your they what at as when
        from or had an our about who if one their how all so can me were do more no there by out has just will would
        people because them up work don it's most than did first which time years he she been his her could into
        only never every never after before then now over make get know good new want even than also why where too
        other being think should those these some any many much still through own while same such very own day year
        week month last next back us its am does doing done made said told asked like need take go going came went
        got give better best always without nothing everything something someone everyone anyone between again
        against down off here well way things thing really right learned learn job life company s t re ve ll d
        didn doesn isn wasn couldn wouldn won can't don't i'm you're we're they're let each both few less little
        long old great big small high real true hard often until since during under another may might must shall
        help start started stop keep find found look looking see saw say says feel felt mean means wrong matter
        built build works working worked change changed money world question answer reason person hour hours days
        months weeks minutes today yesterday tomorrow morning night three two four five ten half whole enough almost
        maybe yet ago ever instead rather around across behind above below inside outside write wrote read reading
        speak talk heard hear listen believe understand remember forgot lost won paid pay cost bought sold send sent
        call called tried try trying used use using became become leave left stay stayed turn turned ask myself
        yourself themselves ourselves himself herself itself friend friends child children family father mother
        boss room table house school book story word words idea ideas problem problems mistake
        hired quit fired grew grow grown begin began kept taught teach women men man woman care trust fear afraid
        simple easy different important ready sure able happy proud grateful
        thanks thank please hello hi meet met noon""",
    "de": """
        und die der ich das nicht in ist zu den ein es mit sich wir auf eine für auch dass im war sie von hat was an
        als haben dem so wie bei sind wenn man aber nur oder aus noch werden wird habe mir mich einen um nach du er
        mehr keine kein uns diese am zum zur einer über vor heute sein immer alle schon hatte kann durch jahre jahr
        dann dieser dieses diesen einem doch meine mein unsere unser ihre ihr ihren ihm ihn bis unter gegen ohne weil
        warum wer wo viele viel menschen arbeit wurde wurden waren können müssen muss wollen will sollte soll könnte
        würde hätte wäre zeit jetzt ganz sehr gut gute neuen neue neuer neues besser beste nichts etwas alles jeder
        jede jeden jedes niemand jemand nie oft manchmal wieder selbst eigenen eigene einfach erst erste ersten zwei
        drei vier fünf zehn tag tage tagen woche wochen monat monate monaten stunden uhr morgen gestern letzte
        letzten nächste nächsten seit zwischen während damit dabei dafür davon daran darum dazu denn also machen
        macht gemacht geht gehen ging gegangen kommt kommen kam gekommen sagt sagte gesagt fragt frage fragen
        gefragt antwort weiß wissen wusste denken dachte gedacht sehen sieht gesehen finden gefunden lernen gelernt
        braucht brauchen gibt gab gegeben steht stehen bleibt bleiben lassen lässt führung führen unternehmen firma
        mitarbeiter kunden kollegen kollegin chef chefin leben welt wirklich vielleicht trotzdem deshalb genau
        richtig falsch wichtig großen große groß kleine kleinen klein lange schnell weniger wenig fast kaum mal
        eben eigentlich natürlich gerade ab hier da dort nun zuerst zuletzt bevor nachdem obwohl ob welche welcher
        dein deine euch euer sondern sowie beim vom ins ans ihnen deren dessen bin bist seid hast habt hatten wollte
        konnte musste durfte darf mag möchte gern gerne freue danke bitte liebe tun tut getan nehmen nimmt genommen
        stellen verstehen verstanden erzählt entschieden entscheidung begonnen angefangen aufgehört gekündigt
        bekommen verloren gewonnen zusammen weiter weg zurück nein ja kind kinder mutter vater frau frauen mann
        männer tür tisch buch wort worte worten satz geschichte fehler erfolg ziel ziele weg problem lösung idee geld
        raum leute seite teil art beispiel grund ende anfang abend nacht""",
    "fr": """
        de la le et les des à en que un est une pas pour dans je qui ce l d il c qu du on n j a au plus nous sur avec
        ne s mais vous ai par se mon été tout son sont elle ont m ma mes cette faire comme être si ou y sans votre
        fait leur même bien était aussi ces aux quand avait deux ils notre ça peu nos temps où sa ses ans après
        avant encore très donc rien jamais toujours tous toute toutes moi lui eux lorsque parce pourquoi comment
        trop moins peut peuvent pouvez peux veut veux vouloir dois doit doivent faut fallait avoir avons avez suis
        es êtes sommes sera serait seront ait soit chaque quelque quelques quelqu personne personnes gens travail
        entreprise entreprises équipe équipes année années mois semaine semaines jour jours heure heures
        aujourd hui hier demain matin soir première premier dernière dernier nouveau nouvelle nouveaux nouvelles
        bon bonne bons mieux meilleur meilleure grand grande petit petite petits beaucoup plusieurs autre autres
        entre depuis pendant contre chez vers sous dès jusqu ainsi alors car cela ceux celui celle celles dont
        quel quelle quels quelles leurs votre vos ton ta tes te tu me autant tant assez presque peut-être vraiment
        simplement seulement souvent parfois ici là voici voilà oui non dire dit disent disait parler parle parlé
        demander demandé savoir sait sais savait voir vu voit aller va vais vont allé venir vient venu prendre pris
        prend mettre mis met donner donné donne trouver trouvé trouve penser pensé pense croire croit croyais
        apprendre appris apprend comprendre compris besoin envie vie monde chose choses façon fois question réponse
        raison problème exemple client clients projet métier emploi poste chef patron collègue collègues
        enfant enfants femme femmes homme hommes mère père ami amis argent maison mot mots phrase histoire livre
        erreur erreurs échec réussite confiance peur courage merci bonjour important vrai vraie faux seul seule
        trois quatre cinq dix cent mille moitié partie début fin côté place tête main travaille travailler
        devenir devenu devient rester reste resté laisser laissé arrêter arrêté commencer commencé changer changé
        quitté quitter perdu gagné refusé répondu écouter écoute cherche chercher étais étaient avais avaient
        pouvait voulait devait fallu semble plutôt surtout enfin ensuite puis maintenant déjà bientôt loin près""",
    "es": """
        de que la y el en no a los un se las por una para con lo es mi del me al como más pero su o si te le cuando
        ha he yo nos hay esta este muy eso son años sin sobre ser está fue todo también porque qué hace hacer ya
        tiene tu era hoy todos nuestro nuestra nunca siempre trabajo personas gente equipo empresa empresas vida
        tiempo día días año mes meses semana semanas hora horas vez veces algo nada nadie alguien cada otro otra
        otros otras mismo misma mejor peor mucho mucha muchos muchas poco poca pocos bien mal nuevo nueva nuevos
        nuevas gran grande buen buena buenos buenas primer primera primero último última desde hasta entre durante
        contra hacia según donde quien quienes cual cuales cuál cómo cuándo dónde cuánto cuánta mientras aunque sino
        pues entonces luego después antes ahora aquí ahí allí así sí solo sólo casi tan tanto tanta menos además
        todavía aún quizá quizás puede pueden puedes poder podía podemos quiero quiere quieren querer quería debe
        deben deber debería tengo tienes tienen tenemos tener tenía hago hacen hacemos hecho hice hizo voy va van
        vamos ir iba ido soy eres somos estoy están estamos estar estaba estaban había han hemos has haber hubo sido
        estado digo dice dicen decir dijo dije dicho sé sabe saben saber sabía ver visto veo ven dar doy da dan dio
        creo cree creer pienso piensa pensar pensaba aprendí aprender aprendido aprende entender entiendo entendí
        necesita necesito necesitan necesitas trabajar trabaja trabajan trabajando preguntó preguntar pregunta
        preguntas respuesta razón problema problemas cosa cosas manera forma ejemplo cliente clientes proyecto jefe
        jefa compañero compañeros colega hijo hija hijos madre padre mujer mujeres hombre hombres amigo amigos dinero
        casa mundo palabra palabras historia libro error errores éxito fracaso miedo confianza gracias verdad
        importante difícil fácil tres cuatro cinco diez cien mil mitad parte principio fin lado lugar mano mañana
        noche tarde ayer ese esa esos esas estas estos aquello ello ella ellos ellas él nosotros usted ustedes mis
        sus tus nuestros nuestras les os fui fueron éramos eran sea sean seguir sigue siguen empezar empecé empezó
        dejar dejé dejó cambiar cambió llegar llegó llega perder perdí ganar gané pagar renuncié contratar encontrar
        encontré buscar busca hablar habla hablamos escuchar crecer equivoqué valor ganas mayor cualquier toda""",
    "pt": """
        de a que o e não do da em um uma para os com no se por eu mais na as é como foi mas me ao dos das meu minha
        você isso ou ser muito quando já está tem são nos sua seu à também pelo pela até anos só ele ela sem era
        mesmo nós depois hoje todos todo tudo nada ninguém alguém porque quem qual onde nunca sempre trabalho pessoas
        gente equipe equipa empresa empresas vida tempo dia dias ano mês meses semana semanas hora horas vez vezes
        algo cada outro outra outros outras melhor pior muita muitos muitas pouco pouca poucos bem mal novo nova
        novos novas grande bom boa bons boas primeiro primeira último última desde entre durante contra sobre aos
        às num numa nas esse essa esses essas este esta estes estas aquele aquela isto aquilo eles elas nosso nossa
        nossos nossas seus suas meus minhas teu tua te lhe lhes vocês enquanto embora então logo antes agora aqui
        ali lá assim sim quase tão tanto menos ainda talvez apenas pode podem poder podia podemos quero quer querem
        querer queria deve devem dever deveria tenho tens têm temos ter tinha faço faz fazem fazemos fazer feito fiz
        fez vou vai vão vamos ir ia sou és somos estou estão estamos estar estava estavam havia há haver houve sido
        estado digo diz dizem dizer disse dito sei sabe sabem saber sabia ver vi visto vejo veem dar dou dá dão deu
        acho acha acredito penso pensa pensar pensava aprendi aprender aprendido aprende entender entendi entendo
        precisa preciso precisam precisamos trabalhar trabalha trabalham trabalhando perguntou perguntar pergunta
        perguntas resposta razão problema problemas coisa coisas maneira forma exemplo cliente clientes projeto
        chefe colega colegas filho filha filhos mãe pai mulher mulheres homem homens amigo amigos dinheiro casa mundo
        palavra palavras história livro erro erros sucesso fracasso medo confiança obrigado obrigada verdade
        importante difícil fácil dois duas três quatro cinco dez cem mil metade parte começo fim lado lugar mão
        manhã noite tarde ontem amanhã fui foram éramos eram seja sejam seguir segue continuar começar comecei
        começou deixar deixei deixou mudar mudou mudei chegar chegou chega perder perdi ganhar ganhei pagar
        contratar contratei encontrar encontrei buscar falar fala falamos ouvir crescer errei valor vontade maior
        qualquer toda todas atrás através conseguir consegui consegue cheguei fica ficar ficou fiquei saber tentar
        gostaria gosto parece acontece aconteceu reunião carreira""",
    "it": """
        di e che la il un a per è non in una mi del le da sono con i ho lo si della ma come se più al ha questo nel
        l d anche c io alla ci o dei gli su tutto ti quando lavoro dal nella perché cosa era solo chi delle questa
        essere fare mio mia molto anni hanno senza prima ogni persone poi mai sempre così fatto stato già tempo
        giorno giorni anno mese mesi settimana settimane ora ore volta volte oggi ieri domani vita azienda aziende
        gruppo nostro nostra nostri nostre loro lui lei noi voi tu suo sua suoi sue miei mie tuo tua tuoi tue vostro
        nostri degli dello dell all nell sull dall un' quell quest quello quella quelli quelle questi queste qui qua
        lì là sul sulla sui sulle dalla dai dalle nei nelle negli ai agli alle tra fra dopo durante contro verso
        dove come quanto quanti quale quali mentre però anzi quindi allora dunque ancora quasi tanto tanti troppo
        meno meglio peggio bene male nuovo nuova nuovi nuove grande grandi buono buona buon primo ultimo ultima
        altro altra altri altre stesso stessa qualcosa qualcuno nessuno niente nulla tutti tutte tutta poco pochi
        molti molte può possono puoi potere posso potevo poteva voglio vuole vogliono vuoi volere volevo voleva devo
        deve devono dovere dovrebbe abbiamo avete avere aveva avevo avevano avuto sei siamo siete erano ero fosse sia
        siano sarà sarebbe faccio fa fai fanno facciamo facendo vado va vai vanno andiamo andare andato dico dice
        dicono dire detto disse so sa sai sanno sapere sapeva sapevo vedere visto vedo vede dare do dà danno dato
        credo crede credere credevo penso pensa pensare pensavo imparato imparare impara capire capito capisco
        serve servono bisogno lavorare lavora lavorano lavorando chiesto chiedere chiede domanda domande risposta
        risposte ragione problema problemi cose modo esempio cliente clienti progetto capo collega colleghi figlio
        figlia figli madre padre donna donne uomo uomini amico amici soldi casa mondo parola parole storia libro
        errore errori successo fallimento paura fiducia grazie vero vera importante difficile facile due tre quattro
        cinque dieci cento mille metà parte inizio fine lato posto mano mattina sera notte forse davvero proprio
        subito spesso invece oltre sotto sopra dentro fuori ecco sì no iniziare iniziato lasciare lasciato cambiare
        cambiato arrivare arrivato perso perdere trovare trovato cercare cerca parlare parla parlato ascoltare
        crescere riunione diventare diventato restare rimasto scelta scelto sbagliato""",
    "nl": """
        de het een en van ik in dat is niet je te die op voor met we er zijn aan wat was maar ook mijn als om naar
        bij heb dan nog ze zo hij uit over door of wel geen meer kan moet jaar heeft mensen worden wordt werk tot
        deze dit hebben hun onze ons ons zij haar hem mij me jij u jullie jouw uw hoe waarom wie waar wanneer omdat
        want dus toch al altijd nooit vaak soms iemand niemand iets niets alles allemaal alle elke elk ieder iedere
        iedereen ander andere anders zelf eigen goed goede beter beste nieuw nieuwe groot grote klein kleine veel
        weinig minder eerste laatste volgende vorige twee drie vier vijf tien dag dagen week weken maand maanden
        jaren uur uren tijd vandaag gisteren morgen nu toen daarna eerst later vroeger straks sinds tussen tegen
        zonder tijdens onder boven naast achter binnen buiten hier daar ergens nergens ja nee had hadden waren werd
        werden zou zouden zal zullen kunnen konden kon moeten moest mogen mag willen wil wilde gaan gaat ging gegaan
        komen komt kwam gekomen doen doet deed gedaan maken maakt maakte gemaakt zeggen zegt zei gezegd vragen
        vraagt vroeg gevraagd vraag antwoord weten weet wist geweten denken denk denkt dacht gedacht zien ziet zag
        gezien vinden vindt vond gevonden geven geeft gaf gegeven nemen neemt nam genomen staan staat stond blijven
        blijft bleef laten laat liet leren leert leerde geleerd begrijpen begrijpt begrepen krijgen krijgt kreeg
        gekregen werken werkt werkte gewerkt houden houdt hield zitten zit zat spreken praten luisteren helpen
        bedrijf bedrijven klant klanten collega leidinggevende baas leven wereld dingen ding manier keer
        voorbeeld probleem oplossing reden fout fouten succes vertrouwen angst geld huis kind kinderen vrouw vrouwen
        man mannen moeder vader vriend vrienden woord woorden verhaal boek deel begin einde ochtend avond nacht
        misschien eigenlijk echt heel erg best juist precies gewoon gewoonweg bijna helemaal steeds weer terug
        samen verder weg mee af ervan erop erover ervoor eraan hierdoor daardoor daarom hiervoor waarin waarmee
        waardoor belangrijk moeilijk makkelijk duidelijk verschillende zeker graag dank bedankt blij trots gestart
        begonnen gestopt verloren gewonnen besloten betekent bent geweest geworden zelfs tegelijk hetzelfde volgens
        welke zodat terwijl hoewel voordat nadat totdat zulke dezelfde""",
    "sv": """
        och att det i som en på är för jag av med inte till den har de om vi ett var men så man du sig när vad mer
        kan från min ut nu mitt alla hade över eller år efter vid mig upp hur dem bara skulle blev bli blir detta
        denna dessa ingen inget inga någon något några allt mycket många lite få två tre fyra fem tio första sista
        nästa förra idag igår imorgon dag dagar vecka veckor månad månader timmar tid arbete jobb jobbet jobba
        människor folk företag företaget kunder kollegor chef chefen ledare ledarskap liv livet världen vår vårt
        våra ert era er din ditt dina mina hans hennes deras sin sitt sina oss dig honom henne dom själv samma annan
        annat andra varje hela hel egen eget egna ny nytt nya stor stort stora liten litet små bra bättre bäst dålig
        viktigt viktig svårt svår lätt rätt fel säker gärna tack kul glad stolt ska skall vill ville kunde måste får
        fick borde bör gör göra gjorde gjort går gå gick gått kommer komma kom kommit säger säga sa sagt sade frågar
        fråga frågade frågan svar vet veta visste tror tänker tänka tänkte ser se såg sett hittar hitta hittade
        ger ge gav gett tar ta tog tagit står stå stod stannar låter låta lät lär lära lärde lärt förstår förstå
        förstod behöver behöva behövde betyder finns fanns känns känner känna kände håller hålla höll sitter satt
        talar prata pratar pratade lyssna lyssnar hjälpa hjälper börja börjar började slutade sluta varför vem vilka
        vilken vilket där här dit hit då sedan sen aldrig alltid ofta ibland kanske faktiskt verkligen egentligen
        nästan redan ännu än också även dock därför eftersom medan innan tills utan mellan under genom mot hos inom
        bakom framför runt tillsammans igen vidare bort hem in ner ju väl nog nej ja saker sak sätt gång gånger
        exempel problem lösning anledning misstag framgång förtroende rädsla pengar hus barn kvinna kvinnor man män
        mamma pappa vän vänner ord historia bok del början slutet morgon kväll natt möte mötet varit vore ha haft
        kunna veta blivit gett fått jobbade ingenting någonting alls lika olika enkelt""",
    "da": """
        og i at det er en til på jeg for af med ikke den de der som har var et vi men om kan så man fra mig du min
        hvad når eller mere nu sig skal vil alle også blev bliver blive efter over år hvor ud ved op havde han hun
        kun bare mit mine vores din dit dine deres jeres sin sit sine os dig ham hende dem hinanden selv samme anden
        andet andre hver hele hel egen eget egne ny nyt nye stor stort store lille små god godt gode bedre bedst
        dårlig vigtigt vigtig svært svær let rigtig rigtigt forkert sikker gerne tak glad stolt ville kunne måtte må
        får fik bør gør gøre gjorde gjort går gå gik gået kommer komme kom kommet siger sige sagde sagt spørger
        spørge spurgte spørgsmål svar ved vide vidste tror tænker tænke tænkte ser se så set finder finde fandt
        giver give gav givet tager tage tog taget står stå stod lader lade lod lærer lære lærte lært forstår forstå
        forstod behøver brug bruge bruger brugte betyder findes føles føler føle følte holder holde holdt sidder sad
        taler tale talte snakker lytte lytter hjælpe hjælper begynde begynder begyndte stoppede hvorfor hvem hvilke
        hvilken hvilket hvordan hvornår her der derfor fordi mens inden indtil uden mellem under gennem mod hos
        inden bag foran rundt sammen igen videre væk hjem ind ned jo vel nok nej ja ting måde gang gange eksempel
        problem løsning grund fejl succes tillid frygt penge hus barn børn kvinde kvinder mand mænd mor far ven
        venner ord historie bog del begyndelse slutning morgen aften nat møde mødet været være have haft noget nogen
        nogle ingen intet alt meget mange lidt få to tre fire fem ti første sidste næste dag dage uge uger måned
        måneder timer tid arbejde arbejder arbejdet job jobbet mennesker folk virksomhed virksomheder virksomheden
        kunder kolleger kollega chef chefen leder ledere ledelse liv livet verden altid aldrig ofte måske faktisk
        virkelig egentlig næsten allerede endnu end dog da siden ellers altså i dag går lige både hverken selvom
        hvis denne dette disse blevet fået endelig helt vore derefter mangler mener mente sker skete ansat ansatte""",
    "nb": """
        og i det er på å som en til for jeg av at med ikke den de har var et vi men om kan så man fra meg du min hva
        når eller mer nå seg skal vil alle også ble blir bli etter over år hvor ut ved opp hadde han hun bare mitt
        mine vår vårt våre din ditt dine deres sin sitt sine oss deg ham henne dem hverandre selv samme annen annet
        andre hver hele hel egen eget egne ny nytt nye stor stort store liten lite små god godt gode bedre best
        dårlig viktig viktige vanskelig lett riktig feil sikker gjerne takk glad stolt ville kunne måtte må får fikk
        bør gjør gjøre gjorde gjort går gå gikk gått kommer komme kom kommet sier si sa sagt spør spørre spurte
        spørsmål svar vet vite visste tror tenker tenke tenkte ser se så sett finner finne fant gir gi ga gitt tar
        ta tok tatt står stå stod sto lar la lærer lære lærte lært forstår forstå forstod trenger trenge trengte
        bruk bruke bruker brukte betyr finnes føles føler føle følte holder holde holdt sitter satt snakker snakke
        snakket lytte lytter hjelpe hjelper begynne begynner begynte sluttet hvorfor hvem hvilke hvilken hvilket
        hvordan her der derfor fordi mens innen inntil uten mellom under gjennom mot hos bak foran rundt sammen
        igjen videre bort hjem inn ned jo vel nok nei ja ting måte gang ganger eksempel problem løsning grunn
        suksess tillit frykt penger hus barn kvinne kvinner mann menn mor far venn venner ord historie bok del
        begynnelse slutt morgen kveld natt møte møtet vært være ha hatt noe noen ingen ingenting alt mye mange litt
        få to tre fire fem ti første siste neste dag dager uke uker måned måneder timer tid arbeid arbeide arbeider
        arbeidet jobb jobben jobber jobbet jobbe mennesker folk bedrift bedrifter bedriften selskap selskapet kunder
        kollega kolleger sjef sjefen leder ledere ledelse liv livet verden alltid aldri ofte kanskje faktisk
        virkelig egentlig nesten allerede ennå enn likevel da siden ellers altså dag går både selv hvis dette disse
        denne blitt fått endelig helt mangler mener mente skjer skjedde ansatt ansatte hele vi hvert jeg ikke""",
    "fi": """
        ja on ei se että en hän oli ovat mutta kun niin mitä olen joka kuin tai myös minä sen minun jos ole vain nyt
        sitä olla mitään siitä olisi tämä sinä me te he ne mukaan jo vielä kaikki hyvin enemmän koska miten miksi
        kuka missä milloin mikä jotka jonka mistä mihin siinä siellä täällä täältä sieltä tästä tässä tätä tuo nämä
        sille hänen meidän teidän heidän sinun minulle minua minut minulla sinulle meille meitä meillä heille heitä
        itse oma oman omaa toinen toisen toista muut muiden muita jokainen joku jotain jotakin kukaan mikään
        uusi uuden uutta uudet suuri suuren iso pieni hyvä hyvää hyvän parempi paras paljon vähän vähemmän monta moni
        usein aina koskaan joskus ehkä todella oikeasti melkein jälkeen ennen kanssa ilman välillä aikana vuoden
        vuosi vuotta vuonna vuodet kuukausi kuukautta viikko viikon viikkoa päivä päivän päivää tunti tuntia aika
        aikaa ajan tänään eilen huomenna aamu aamulla ilta illalla yö ensimmäinen ensimmäisen viimeinen seuraava
        viime yksi kaksi kolme neljä viisi kymmenen työ työn työtä töitä töissä työpaikka ihminen ihmiset ihmisiä
        ihmisten yritys yrityksen yritykset tiimi tiimin asiakas asiakkaan asiakkaat kollega esimies pomo johtaja
        johtaminen elämä elämän maailma maailman asia asiat asiaa asioita tapa kerran kertaa esimerkiksi ongelma
        ratkaisu syy virhe virheitä menestys luottamus pelko raha rahaa koti lapsi lapset lapsia nainen mies äiti
        isä ystävä ystävät sana sanaa sanoja tarina kirja osa alku loppu olin oltiin olivat ollut olemme olet olette
        en et emme ette eivät eikä voi voin voimme voit voivat voisi pitää piti täytyy pitäisi haluan haluaa halusin
        haluavat tehdä teen tekee tein teki tehnyt tekevät mennä menen menee meni mennyt tulla tulen tulee tuli
        tullut sanoa sanoi sanoin sanon sanoo kysyä kysyi kysyin kysymys vastaus tietää tiedän tiesin ajatella
        ajattelin luulin nähdä näen näin näkee löytää löysin antaa annoin antoi ottaa otin otti jäädä oppia opin
        oppinut oppii ymmärtää ymmärsin tarvitsee tarvitsen tarvitaan saada saan saa sain sai saanut puhua puhui
        kuunnella auttaa aloittaa aloitin aloitti lopetin uskon uskoo tuntuu tärkeä tärkeää tärkein vaikea helppo
        kiitos iloinen ylpeä yhdessä takaisin silti siksi sitten kuitenkin juuri aivan lisäksi eli vaan""",
    "pl": """
        i w nie na się z to że do jest jak o ale a po co tak za od jestem już tylko czy przez ja ty on ona my wy oni
        dla ma by był była było były być mam może można kiedy gdy tego ten ta te tym tych tej tę która który które
        których którym którzy jego jej ich mnie mi cię ci nam nas wam was im go mu ją sobie siebie swój swoją swoje
        swoich mój moja moje moim mojej nasz nasza nasze naszej twój twoja twoje bardzo więcej mniej dużo wiele
        wielu mało kilka każdy każda każde każdego wszystko wszyscy wszystkie wszystkich nic nikt ktoś coś inny inna
        inne innych sam sama samo jeden jedna jedno dwa dwie trzy cztery pięć dziesięć pierwszy pierwsza pierwsze
        ostatni ostatnie następny nowy nowa nowe nowych nowej duży duże wielki mały dobry dobra dobre dobrze lepiej
        lepszy najlepszy źle ważne ważny trudne łatwe prawda rok roku lat lata latach miesiąc miesięcy tydzień
        tygodni tygodniu dzień dni dnia godzin godziny czas czasu czasem dzisiaj dziś wczoraj jutro rano wieczorem
        zawsze nigdy często teraz potem później wcześniej przed między podczas bez przy nad pod ze we u ku aby żeby
        jeśli jeżeli bo ponieważ więc dlatego jednak też także również nawet jeszcze właśnie może naprawdę prawie
        dlaczego kto gdzie jaki jaka jakie ile tu tam tutaj są mają masz mamy macie miał miała mieli mogę możesz
        możemy mogą mógł chcę chce chcesz chcą chciał chciałem chciałam muszę musi trzeba powinien warto robić robię
        robi zrobić zrobił zrobiłem zrobiłam robimy iść idę poszedł przyszedł powiedział powiedziała powiedzieć mówi
        mówić mówię zapytał zapytała pytanie pytania odpowiedź wiem wie wiedzieć wiedział myślę myśli myśleć
        myślałem widzę widzi widać znaleźć znalazłem dać daje dał dostać dostałem wziąć zostać został została uczy
        uczyć nauczyłem nauczyłam nauczyło rozumiem zrozumiałem potrzebuje potrzebujesz potrzebujemy pracuje pracuję
        pracować praca pracy pracę pracą ludzie ludzi ludziom firma firmy firmie zespół zespołu zespole klient
        klienci klientów szef szefa kolega życie życia życiu świat świata rzecz rzeczy sposób razy raz przykład
        problem problemy rozwiązanie powód błąd błędy błędów sukces zaufanie strach pieniądze pieniędzy dom domu
        dziecko dzieci kobieta kobiety mężczyzna matka ojciec słowo słowa słów historia książka część początek
        koniec dziękuję dumny dumna razem znowu byłem byłam jako wśród którą temu zamiast niż""",
    "cs": """
        a se v na je že to s z do i o ve pro jako si ale by tak jak k jsem po co jsme za byl už od který jen když
        nebo které která bylo být jsou byla jeho její tím až u mě mi tu ten ta ty těch této toto tohle toho tom
        při než kde proto protože ještě také taky může můžete mohou nejsou není má mám máme máte mají měl měla bych
        bychom jste jsi vás vám nás nám náš naše našeho můj moje svůj své svou svého jejich jim ho mu ji jí nimi sebe
        sám sama více víc méně mnoho hodně málo každý každá každé všechno všichni všechny všech nic nikdo někdo něco
        jiný jiné jiných jeden jedna jedno dva dvě tři čtyři pět deset první poslední další nový nová nové nových
        velký velké malý malé dobrý dobrá dobré dobře lépe lepší nejlepší špatně důležité těžké pravda rok roku let
        roky měsíc měsíců týden týdnů týdny den dny dní hodin hodiny čas času dnes včera zítra ráno večer vždy nikdy
        často někdy teď potom pak později dřív před mezi během bez nad pod ze ke aby kdyby pokud jestli tedy však
        ani ano ne opravdu možná skoro proč kdo jaký jaká jaké kolik tady tam zde zase znovu spolu chci chce chcete
        chtěl chtěla musím musí musíte měli dělat dělám dělá udělat udělal udělala jít šel přišel řekl řekla říct
        říká říkal zeptal zeptala otázka otázku odpověď vím ví vědět věděl myslím myslí myslel vidím vidí vidět najít
        našel dát dal dostal dostat vzít zůstat zůstal učit naučil naučila naučilo rozumím pochopil potřebuje
        potřebujete potřebujeme pracuje pracuji pracovat práce práci prací lidé lidi lidí lidem firma firmy firmě tým
        týmu klient zákazník zákazníci šéf šéfa kolega kolegové život života životě svět světa věc věci způsob krát
        příklad problém řešení důvod chyba chyby chybu úspěch důvěra strach peníze peněz dům domů dítě děti žena ženy
        muž matka otec slovo slova slov příběh kniha část začátek konec děkuji hrdý byli byly bude budou budu budeme
        budete jenom dokonce právě zatímco takže mimo místo kvůli díky přes proti podle kolem začal začala skončil
        změnit změnilo pomoci stejně stejné vlastně někteří jaký jich nich něm ním ní který kterou kterém kterých""",
    "ro": """
        de și a în la cu nu o pe să este un că mai care din am ce se pentru ca mi sunt fi au dar era fost eu el ea
        noi voi ei ele mă te ne vă îmi îți își le i l s m n una unui unei unor al ai ale lui lor mea meu mei mele ta
        tău sa său sale noastră nostru noastre voastră acest această acesta aceasta acestea acești acel acea aceea
        cel cea cei cele asta ăsta când cum unde cine de ce câți cât dacă sau nici decât după până fără între prin
        spre sub peste despre către înainte acum atunci aici acolo azi astăzi ieri mâine mereu niciodată întotdeauna
        uneori des foarte mult multe mulți multă puțin puține toate toți tot totul nimic nimeni cineva ceva fiecare
        alt altă alți alte același aceeași propriu doar chiar încă deja poate pot poți putem puteți putea vreau vrei
        vrea vrem voiam trebuie trebuia ar aș ați avea are avem aveți aveam avut fac face faci facem făcut făcea merge
        merg mers vine vin venit spun spune spus zis zice întrebat întrebare întrebări răspuns știu știe știi știam
        cred crede credeam gândit gândesc văd vede văzut găsi găsit dau dă dat iau ia luat rămas rămâne lăsat învăț
        învățat învăța înțeles înțeleg înțelege nevoie munca muncă muncii lucru lucruri lucrez lucrează lucrat loc
        oameni oamenii oamenilor om companie compania companii firmă firma echipă echipa echipei client clienți
        clienții șef șeful coleg colegi viață viața vieții lume lumea fel dată ori exemplu problemă probleme soluție
        motiv greșeală greșeli succes încredere frică teamă bani casă acasă copil copii copiii femeie femei bărbat
        mama tata prieten prieteni cuvânt cuvinte poveste carte parte început sfârșit an ani anii anul lună luni
        săptămână săptămâni zi zile ziua ore oră ora timp timpul dimineață seară noapte primul prima ultimul ultima
        nou nouă noi mare mari mic mică bun bună bine mai bun rău important greu ușor adevărat mulțumesc mândru
        împreună doi două trei patru cinci zece începe început schimbat schimba pierdut câștigat ales plecat ajuns
        pleca ajung deci însă deoarece pentru fiindcă așa astfel totuși altfel adică vei va vor voi fie fiind erau
        eram ești suntem sunteți""",
    "hu": """
        a az és hogy nem is egy ez de volt csak van meg már mint azt ha el fel ki be le én te ő mi ti ők még vagy
        vagyok nekem neked neki nekünk engem téged őt minket ezt ezek azok erre arra ebben abban ettől attól aki
        akik akit ami amit amely amelyek mert miért hogyan mikor hol mennyi milyen melyik itt ott most akkor után
        előtt között alatt felett nélkül miatt szerint mellett soha mindig gyakran néha ma tegnap holnap reggel este
        minden mindenki semmi senki valaki valami más mások másik ugyanaz saját maga magam egész sok több kevés
        kevesebb nagyon talán igazán szinte majdnem pedig tehát ezért azért azonban mégis sőt illetve valamint igen
        ne sem se új régi nagy kis jó jobb legjobb rossz fontos nehéz könnyű igaz első utolsó következő múlt két
        kettő három négy öt tíz év éve évek évet éves évig hónap hét hete nap napot napon óra órát idő időt ember
        emberek embereket munka munkát munkám munkahely cég cégek cégnél csapat csapatot csapatom ügyfél ügyfelek
        főnök főnököm kolléga kollégák vezető vezetők élet életem életet világ világot dolog dolgok dolgot módja
        alkalommal példa probléma megoldás ok hiba hibát hibák siker bizalom félelem pénz pénzt ház gyerek gyerekek
        nő nők férfi anya apa barát barátok szó szót szavak történet könyv rész kezdet vége lesz lett lenne lenni
        legyen voltam voltak voltunk vannak vagyunk leszek kell kellett kellene lehet lehetett tud tudom tudja tudok
        tudtam akar akarom akartam szeretnék szeretném csinál csinálni csináltam tesz tett tettem megy ment mentem
        jön jött jöttem mond mondta mondtam mondom kérdez kérdezte kérdeztem kérdés kérdést válasz gondol gondolom
        gondoltam hiszem lát látom láttam talál találtam ad adott kap kaptam kapott vesz vett marad maradt hagy
        tanul tanultam tanulni megtanultam ért értem értettem kezd kezdtem elkezdtem dolgozik dolgozom dolgoztam
        dolgozni beszél beszélni segít segíteni változik változott köszönöm büszke együtt újra vissza tovább
        el hozzá tőle róla benne vele velem velünk számára során keresztül felé óta egyik egyre ennek annak nincs
        nincsenek sincs hanem vagyis mivel amikor ahol ahogy amíg bár""",
    "tr": """
        ve bir bu da de için çok ne o daha mi ben ile gibi var ama kadar sonra her değil en olarak ki ya olan biz sen
        siz onlar benim senin onun bizim sizin onların bana sana ona bize size onlara beni seni onu bizi sizi onları
        bunu şunu bunun bunlar şu böyle şöyle öyle nasıl neden niçin niye kim kime nerede nereye zaman hangi kaç hiç
        hiçbir şey şeyi şeyler herkes kimse biri birisi bazı bazen başka diğer aynı kendi kendimi kendini kendine
        yeni eski büyük küçük iyi güzel kötü doğru yanlış önemli zor kolay ilk son önce şimdi bugün dün yarın sabah
        akşam gece gün günü günde hafta ay yıl yıldır yılda yılı saat saatte dakika iki üç dört beş on yüz bin
        yarım az fazla tüm bütün hep her zaman asla sık belki gerçekten neredeyse hemen hâlâ hala artık zaten bile
        sadece yalnızca ancak fakat çünkü eğer yani ayrıca hem veya ya oysa rağmen göre doğru karşı üzerine üzerinde
        altında arasında içinde dışında yanında birlikte tekrar geri ileri yok oldu olduğu olduğunu olur olacak olmak
        olması olsun olmadı oluyor idi ise iken etmek etti ettim eder ediyor ediyorum yapmak yaptı yaptım yapar
        yapıyor yapıyorum yapan gitti gittim gidiyor geldi geldim geliyor gelen dedi dedim diyor diye söyledi sordu
        sordum soru sorular cevap biliyor biliyorum bilmek düşündüm düşünüyorum gördüm görmek gördü buldu buldum
        verdi verdim veriyor aldı aldım alıyor kaldı bıraktı öğrendim öğrenmek öğrendi anladım anlamak gerek
        gerekiyor gerekli lazım istiyorum istedim istiyor istemek başladım başladı çalışıyor çalışıyorum çalıştım
        çalışmak çalışan çalışanlar iş işi işe işin insan insanlar insanlara insanların şirket şirketi şirketler
        şirketin ekip ekibi ekibim takım müşteri müşteriler müşterinin yönetici patron lider liderlik hayat hayatı
        hayatımda dünya dünyada yol kez kere örnek sorun çözüm sebep hata hatalar başarı güven korku para ev evde
        çocuk çocuklar kadın kadınlar adam erkek anne baba arkadaş arkadaşlar kelime söz hikaye kitap parça bölüm
        başlangıç teşekkür ederim teşekkürler mutlu gurur vardı yoktu değildi olmadan ederek bizim kim işte tam
        içinden kendimize birçok birkaç biraz böylece dolayı itibaren boyunca""",
    "id": """
        yang dan di itu dengan untuk tidak ini dari dalam akan pada saya ke karena ada bisa kita kami mereka dia
        anda kamu aku adalah juga lebih sudah atau oleh seperti tapi tetapi bukan saat hanya telah orang banyak
        satu semua sangat masih belum jika kalau ketika sebagai agar supaya bahwa apa siapa mengapa kenapa bagaimana
        di mana kapan berapa sini sana situ tersebut para setiap tiap beberapa lain sama sendiri diri baru lama
        besar kecil baik buruk benar salah penting sulit mudah pertama terakhir kedua dua tiga empat lima sepuluh
        hari minggu bulan tahun jam waktu sekarang tadi nanti besok kemarin pagi siang malam selalu pernah sering
        kadang mungkin memang sebenarnya hampir sekali saja pun lah kah lagi kembali bersama antara selama sebelum
        sesudah setelah sejak hingga sampai tanpa terhadap tentang bagi demi maka jadi menjadi sehingga namun
        meskipun walaupun padahal serta maupun boleh harus perlu dapat mau ingin hendak punya memiliki mempunyai
        membuat buat dibuat melakukan lakukan dilakukan bekerja kerja pekerjaan mengatakan kata berkata bilang
        bertanya tanya pertanyaan jawab jawaban tahu mengetahui pikir berpikir lihat melihat terlihat menemukan
        memberi memberikan berikan mengambil ambil datang pergi pulang tinggal belajar mengajar mengerti memahami
        paham mulai memulai berhenti berubah perubahan membantu bantu bantuan mendengar mendengarkan bicara
        berbicara percaya merasa rasa butuh membutuhkan gunakan menggunakan digunakan perusahaan kantor karyawan
        pelanggan klien atasan pemimpin kepemimpinan rekan hidup kehidupan dunia hal cara kali contoh
        masalah solusi alasan kesalahan keberhasilan sukses gagal kegagalan kepercayaan takut uang rumah anak
        perempuan wanita pria ibu ayah bapak teman kata cerita buku bagian awal akhir terima kasih bangga senang
        setiap seorang sebuah suatu seseorang sesuatu segala seluruh cukup kurang paling makin semakin justru bahkan
        ternyata jangan tak nggak gak yuk kok sih dong deh ya mari ayo nya ku mu kan adanya""",
    "vi": """
        và của là có không được cho một tôi trong người đã với các những này khi đến để thì ra ở nhiều như về làm
        cũng mà bạn đó từ sẽ mình lại phải rất vào chúng ta nhưng công việc vì hơn năm ngày nếu còn nói cái đi
        chỉ điều gì ai sao thế nào đâu bao giờ hay hoặc bởi nên tại sau trước đang biết thấy nghĩ học muốn cần thể
        mọi mỗi tất cả vẫn rồi chưa luôn nhất mới cũ lớn nhỏ tốt xấu đúng sai quan trọng khó dễ đầu cuối hai ba bốn
        mười tháng tuần giờ hôm nay qua mai sáng tối đêm thời gian anh chị em ông bà họ nó con cháu bố mẹ nhà trường
        công ty khách hàng sếp đồng nghiệp đội nhóm cuộc sống đời thế giới cách lần ví dụ vấn đề giải pháp lý do lỗi
        thành công thất bại niềm tin sợ tiền sách câu chuyện từ phần bắt kết thúc cảm ơn tự hào vui cùng nhau thật
        quá lắm nữa đều trở nên hỏi trả lời gặp nghe hiểu giúp thay đổi dừng tìm cho nhận mua bán theo giữa dưới
        trên ngoài bên đây kia ấy vậy do tuy dù mặc bị hết ít vài đôi khác chính riêng""",
    "ca": """
        de la i el que a en els per un amb no les una es és del al l d m s més com però ha he quan si per què o ho
        aquest aquesta això molt són està va vaig van hem han tot també perquè fer fa ser sense sobre hi meu meva
        nostre nostra nostres seu seva seus seves teu teva mai sempre feina treball persones gent equip empresa
        empreses vida temps dia dies any anys mes mesos setmana setmanes hora hores vegada vegades cosa coses res
        ningú algú cada altre altra altres mateix mateixa millor pitjor molts moltes molta poc poca bé malament nou
        nova nous noves gran bon bona bones primer primera últim des fins entre durant contra cap segons on qui qual
        quina quin quins mentre encara sinó doncs llavors després abans ara aquí allà així només gairebé tan tant
        menys potser pot poden pots poder podia podem vull vol volen volem voler volia ha de cal han de tinc té tens
        tenen tenim tenir tenia faig fan fem fet anar anem vas sóc soc ets som estic estan estem estar estava havia
        haver hagut estat dic diu diuen dir va dir dit sé sap saben saber sabia veure vist veig dona donen donar
        crec creu creure penso pensa pensar pensava aprendre après aprens entendre entenc necessita necessito
        necessitem treballar treballa treballen pregunta preguntes preguntar resposta raó problema problemes manera
        exemple client clients projecte cap companys company fill filla fills mare pare dones home homes
        amic amics diners casa món paraula paraules història llibre error errors èxit fracàs por confiança gràcies
        veritat important difícil fàcil dos dues tres quatre cinc deu cent mil meitat part començament final lloc mà
        matí nit tarda ahir avui demà dels als pel pels aquell aquella aquests aquestes ells elles ell ella nosaltres
        vostè meus meves et em ens us li se en te tots totes tota alguna algun alguns seguir començar deixar canviar
        arribar perdre trobar buscar parlar escoltar créixer qualsevol gaire massa prou també fins i tot""",
}

_LOANS: Final = """
    account accounts agency agenda agile ai analytics api app apps award b2b b2c backend backlog benchmark big
    blog board boost brand branding break breaking brief briefing budget burnout business businesses buzz call
    calls career careers case cash ceo cfo challenge challenges change changer chat chatbot chatgpt check
    checklist claude click cloud cmo coach coaching code coding cold commitment community company computer
    conference connect content control controlling coo cool copilot corporate cost coworking crm crypto cto
    customer customers cyber dashboard data day deadline deadlines deal deals deep default delivery demo deploy
    desk developer developers development devops digital director discount distribution diversity download drive
    due e-commerce ecommerce email emails employee employer empowerment engineer engineering engineers
    entrepreneur event events excel exit expert facebook fail fake fan feature features feed feedback film
    finance fintech firewall first fit flow focus follow-up follower followers format founder founders framework
    freelance freelancer front frontend full fun fund funding funnel game gap generation ghosting github go
    google growth guide hack hacks happy hard hardware head headhunter help high highlight hiring home
    homeoffice hr hub human hybrid ice impact inbox inclusion influencer info innovation input insight insights
    instagram internet interview interviews intro investor investors it job jobs key keynote kick kick-off
    kickoff know-how kpi kpis label launch lead leader leaders leadership leads lean learning learnings level
    life lifestyle like likes link linkedin links live llm lobby login long machine mail mailing mails
    management manager managers market marketing master match media meeting meetings mental mentor mentoring
    message metrics microsoft milestone mindful mindfulness mindset mobile monitoring motivation move mvp
    narrative network networking networks new news newsletter next no-code nocode office okr okrs on onboarding
    online open openai operations output outreach outsourcing overhead partner partners passion password
    patchwork peer people performance personal pipeline pitch pitches platform play podcast podcasts pool pop
    portfolio post posts potential power powerpoint pr present process product productivity products profile
    profit program project projects prompt prompts public purpose python quality quick radar ranking rate
    recruiter recruiters recruiting recruitment reels release remote report reporting request research return
    review reviews roadmap roi role room routine saas sale sales scale scaling score scrum search self senior
    seo server service services setup shift shop shopping show skill skills slack slide slides slogan slow small
    smart smartphone social soft software speaker speech sponsor sport sprint sprints stack staff stage
    stakeholder stakeholders standard standup start start-up start-ups startup startups statement status story
    storytelling strategy stress strict studio style success summit super supply support survey sustainability
    system tags talent talents talk talks target task tasks team teambuilding teams teamwork tech technology
    test testing tests thinking thread tiktok timing tip tips toast tool tools top touch tour track tracking
    trainer training trend trends trial tutorial twitter up update updates upgrade upskilling user users ux
    value values vc video videos view virtual vision vs wall web webinar webinars website well-being whatsapp
    white win wins work-life workflow workflows workload workshop workshops youtube zoom
    """

# English words, and words that are the same everywhere, which tell nothing of the language around them.
LOANS: Final = frozenset(_LOANS.split())
