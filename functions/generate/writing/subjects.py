"""Hashtags, and the words that speak of each: in any of the languages of Europe that are written in Latin letters."""

from typing import Final

# Words and phrases in small letters, with commas between them.
SUBJECTS: Final = {
    "AI": (
        "ai, ki, ia, chatgpt, llm, llms, machine learning, artificial intelligence, künstliche intelligenz, "
        "inteligencia artificial, intelligence artificielle"
    ),
    "Leadership": (
        "leadership, leader, leaders, managers, management, führung, führungskraft, führungskräfte, liderazgo, "
        "liderança, leiderschap, direction d'équipe"
    ),
    "Hiring": (
        "hiring, job ad, job ads, hire, hired, hires, candidate, candidates, recruiting, recruiter, recruiters, "
        "recruitment, interview, interviews, bewerber, bewerbung, bewerbungen, einstellung, stellenanzeige, "
        "vorstellungsgespräch, recrutement, candidats, reclutamiento, contratación, recrutamento"
    ),
    "JobSearch": "laid off, layoff, layoffs, job search, job hunt, stellensuche, jobsuche",
    "Salary": (
        "salary, salaries, pay range, gehalt, gehälter, gehaltsangabe, salaire, salaires, salario, salário, stipendio"
    ),
    "RemoteWork": (
        "remote, remote work, home office, homeoffice, hybrid, télétravail, teletrabajo, trabalho remoto, lavoro da "
        "remoto, smart working, thuiswerken"
    ),
    "Marketing": "marketing, campaign, campaigns, brand, seo, werbung, kampagne, campagne, campaña",
    "Sales": "sales, selling, prospects, vertrieb, ventes, ventas, vendas, vendite, verkoop",
    "ProductManagement": "roadmap, product manager, product managers, backlog, feature, features, user research",
    "CustomerService": (
        "customer support, support team, customer service, support tickets, kundenservice, kundendienst, service "
        "client, atención al cliente"
    ),
    "CustomerExperience": "customer, customers, churn, kunden, kundin, clients, clientes, clienti, klanten",
    "Startups": (
        "startup, startups, start-up, start-ups, founder, founders, gründer, gründerin, gründung, fondateur, fondateurs"
    ),
    "SoftwareEngineering": (
        "refactoring, deploy, deploys, deployment, codebase, code review, code reviews, developer, developers, "
        "engineers, bug, bugs, entwickler, softwareentwicklung, développeurs, desarrolladores, sviluppatori"
    ),
    "DevOps": "devops, kubernetes, on-call, incident, incidents, outage, postmortem, ci",
    "Performance": "latency, throughput",
    "DataScience": "dataset, datasets, statistics, data science, analytics, datenanalyse",
    "Security": (
        "security, phishing, cybersecurity, breach, sicherheit, it-sicherheit, sécurité, seguridad, segurança, "
        "sicurezza"
    ),
    "Sustainability": (
        "sustainability, sustainable, emissions, carbon, recycling, nachhaltigkeit, nachhaltig, durabilité, "
        "sostenibilidad, sustentabilidade, sostenibilità, duurzaamheid"
    ),
    "Careers": "career, careers, promotion, promoted, karriere, beförderung, carrière, carrera, carreira, carriera",
    "Teamwork": "team, teams, teamwork, équipe, equipo, equipe, squadra",
    "Onboarding": "onboarding, einarbeitung",
    "Pricing": "pricing, price, prices, preise, tarifs, precios, preços, prezzi",
    "Feedback": "feedback",
    "Meetings": (
        "meeting, meetings, stand-up, stand-ups, standup, standups, besprechung, besprechungen, réunion, réunions, "
        "reunión, reuniones, reunião, reuniões, riunione, riunioni, vergadering, vergaderingen"
    ),
    "Productivity": (
        "productivity, productive, deep work, produktivität, productivité, productividad, produtividade, produttività"
    ),
    "Learning": (
        "course, courses, training, trainings, workshop, weiterbildung, schulung, formation, formación, formação, "
        "formazione, opleiding"
    ),
    "Education": (
        "teacher, teachers, students, university, schule, universität, lehrer, école, universidad, estudiantes, alunos"
    ),
    "Healthcare": "patients, hospital, nurses, doctors, clinic, patienten, krankenhaus, pflege, hôpital, pacientes",
    "MentalHealth": "burnout, mental health, anxiety, therapy, psychische gesundheit, santé mentale, salud mental",
    "WorkLifeBalance": (
        "parental leave, work-life balance, vacation, four-day week, 4-day week, elternzeit, vier-tage-woche, "
        "viertagewoche, urlaub"
    ),
    "Accessibility": (
        "accessibility, accessible, alt text, barrierefrei, barrierefreiheit, accessibilité, accesibilidad"
    ),
    "Diversity": "diversity, inclusion, vielfalt, diversité, diversidad, diversidade",
    "Freelancing": "freelance, freelancer, freelancers, freelancing, self-employed, selbstständig, freiberuflich",
    "Networking": "networking, conference, meetup, konferenz, conférence, conferencia",
    "PublicSpeaking": "public speaking, keynote, speaker",
    "Writing": "writing, newsletter, blog, schreiben, écriture",
    "Design": "design, designer, designers, ux, prototype, prototypes",
    "Ecommerce": "e-commerce, ecommerce, online shop, webshop, onlineshop",
    "Business": "revenue, profit, umsatz, gewinn, chiffre d'affaires, ingresos, faturamento, fatturato, omzet",
    "Finance": "invoice, invoices, cash flow, budget, accounting, buchhaltung, trésorerie",
    "Investing": "investors, investor, funding, seed round, venture capital, investoren, finanzierung",
    "SupplyChain": "supply chain, logistics, warehouse, suppliers, lieferkette, logistik, logistique, logística",
    "Manufacturing": "factory, manufacturing, production line, fertigung, produktion, usine, fábrica, fabbrica",
    "RealEstate": "real estate, tenants, immobilien, immobilier",
    "Hospitality": "restaurant, hotel, guests, gastronomie, restaurante",
    "NonProfit": "charity, volunteers, nonprofit, non-profit, ehrenamt, bénévoles, voluntarios, voluntários",
    "Automation": "automation, automated, automate, automatisierung, automatisation, automatización, automação",
    "Digitalization": (
        "digitalization, digitization, digitalisierung, digital transformation, transformation numérique, "
        "digitalización"
    ),
    "OpenSource": "open source, open-source",
    "Strategy": "strategy, strategie, stratégie, estrategia, estratégia",
    "Innovation": "innovation, innovación, inovação, innovatie",
    "Culture": "company culture, unternehmenskultur, culture d'entreprise",
    "Apprenticeship": "apprentice, apprentices, apprenticeship, ausbildung, azubi, azubis, auszubildende",
}
