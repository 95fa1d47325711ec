"""English, often machine translated: number style and the words that carry a meaning."""

from shared.press.figures.language import Language

ENGLISH = Language(
    code="en",
    decimal=".",
    group=",",
    function_words=(
        "the of and in to for with a is was were by on that from has have had at as households "
        "poverty which their are been"
    ),
    letters="",
    adjective_words=5,
    noun_first=False,
    abbreviations="no mr mrs ms dr prof st vs approx e.g i.e jr",
    openers="",
    spaced=True,
    cues={
        "num:1": "one",
        "num:2": "two",
        "num:3": "three",
        "num:4": "four",
        "num:5": "five",
        "num:6": "six",
        "num:7": "seven",
        "num:8": "eight",
        "num:9": "nine",
        "num:10": "ten",
        "num:11": "eleven",
        "num:12": "twelve|a dozen",
        "num:13": "thirteen",
        "num:14": "fourteen",
        "num:15": "fifteen",
        "num:16": "sixteen",
        "num:17": "seventeen",
        "num:18": "eighteen",
        "num:19": "nineteen",
        "num:20": "twenty",
        "num:30": "thirty",
        "num:40": "forty",
        "num:50": "fifty",
        "num:60": "sixty",
        "num:70": "seventy",
        "num:80": "eighty",
        "num:90": "ninety",
        "num:0.5": "half a|half",
        "num:100": "one hundred|a hundred",
        "num:1000": "one thousand|a thousand",
        "num:1000000": "a million",
        "num:1000000000": "a billion",
        "mult:2": "hundred",
        "mult:3": "thousand",
        "mult:6": "million|mln|mil",
        "mult:9": "billion|bln|bn|thousand million",
        "mult:12": "trillion|trn|tn|thousand billion",
        "range": "to|-",
        "between": "between",
        "and": "and",
        "unit:VND": "vnd|vietnamese dong|dong|vnđ|đồng|₫|viet nam dong|đ|d",
        "unit:USD": "usd|us dollars|us dollar|us$|$|dollars|u.s. dollars",
        "unit:EUR": "euros|euro|eur",
        "unit:percent": "%|percent|per cent|pct",
        "unit:percentage_points": (
            "percentage points|percentage point|points|point|pp|% points|percent points|ppts|p.p"
        ),
        "unit:households": "households|household|families|family|hhs",
        "unit:persons": (
            "people|persons|person|residents|beneficiaries|recipients|individuals|members|"
            "villagers|borrowers|turns of people|cases|customers|subjects|inhabitants|citizens|"
            "clients|policy beneficiaries|victims"
        ),
        "unit:persons group:workers": (
            "workers|labourers|laborers|employees|labour|worker|rural workers"
        ),
        "unit:persons group:students": "students|pupils|schoolchildren|trainees|learners",
        "unit:persons group:elderly": "elderly people|elderly|older people",
        "unit:persons group:disabled": (
            "people with disabilities|persons with disabilities|disabled people"
        ),
        "unit:persons group:children": "children|kids|child|orphans",
        "unit:persons group:women": "women",
        "unit:persons group:poor": "poor people|poor persons|people in poverty",
        "unit:persons group:social_protection": (
            "social protection beneficiaries|social assistance beneficiaries|"
            "people under social protection"
        ),
        "unit:persons group:farmers": "farmers",
        "unit:persons group:patients": "patients",
        "unit:houses": (
            "houses|homes|house|dwellings|home|housing units|charity houses|great unity houses|"
            "makeshift houses|dilapidated houses"
        ),
        "unit:models": "models|model|livelihood models|livelihood projects|schemes",
        "unit:communes": "communes|wards|commune|townships|communes and wards|communes and towns",
        "unit:villages": "villages|hamlets|village",
        "unit:districts": "districts|district",
        "unit:provinces": "provinces|provinces and cities|localities",
        "unit:enterprises": "enterprises|businesses|companies|firms",
        "unit:cooperatives": "cooperatives|co-operatives|cooperative groups",
        "unit:cattle": (
            "cows|cattle|breeding cows|buffaloes|head of cattle|buffaloes and cows|heifers|"
            "calves|breeding cattle"
        ),
        "unit:animals": (
            "goats|pigs|chickens|piglets|animals|heads of livestock|livestock|breeding animals|"
            "poultry"
        ),
        "unit:bicycles": "bicycles|bikes|bicycle",
        "unit:water_tanks": "water tanks|water tank|tanks",
        "unit:cards": "cards|health insurance cards|insurance cards",
        "unit:gifts": "gifts|gift packages|gift sets|gift packs|presents",
        "unit:scholarships": "scholarships",
        "unit:projects": "projects|sub-projects|subprojects",
        "unit:works": (
            "works|infrastructure works|structures|infrastructure projects|constructions"
        ),
        "unit:classes": "classes|courses|training courses|training classes|vocational classes",
        "unit:loans": "loans",
        "unit:toilets": "toilets|latrines",
        "unit:jobs": "jobs|new jobs|job|employment opportunities",
        "unit:tonnes": "tonnes|tons|ton|tonne|metric tons",
        "unit:kg": "kg|kilograms|kilogrammes|kilos|kilogram|kilo",
        "unit:m2": "m2|m²|square metres|square meters|sq m|sq.m|sqm|square metre|square meter",
        "unit:ha": "ha|hectares|hectare",
        "unit:km": "km|kilometres|kilometers",
        "unit:years_of_life": (
            "lifespan|service life|durability|life span|to last|last at least|lasting|"
            "useful life|lifetime|must last|should last"
        ),
        "unit:person_days": (
            "working days|workdays|person-days|man-days|labour days|labor days|days of labour|"
            "days of work|person days"
        ),
        "unit:trips": "trips|convoys|trip",
        "no": (
            "years old|year-old|times|hours|minutes|o'clock|months|weeks|days|delegates|"
            "participants|reporters|journalists|criteria|solutions|tasks|groups|ethnic groups|"
            "dimensions|services|policies|officials|indicators|pages|cadres|delegations|"
            "programmes|programs|target programmes|targets|movements|pillars|articles|clauses|"
            "phases|levels|steps|teams|month|week|day|fold|sons|daughters|ethnicities|areas|"
            "sectors|national target programmes|national target programs|contents|months old|"
            "officers|lecturers|leaders|priorities|documents|resolutions|conferences|"
            "hectares of rice|regions|departments|consecutive|children of her own|"
            "years of marriage|years ago|years later|years|year|decades|decade"
        ),
        "group:poor": "of the poor|poor|impoverished|poverty-stricken",
        "group:near_poor": "near-poor|near poor|nearly poor|almost poor|marginally poor",
        "group:exited": (
            "newly escaped|recently escaped|just escaped poverty|newly escaped poverty|"
            "recently escaped poverty|newly out of poverty|recently exited|just out of poverty|"
            "those who have just escaped poverty|newly escaped from poverty|recently left poverty"
        ),
        "group:ethnic_minority": (
            "mong|hmong|of ethnic|ethnic group|"
            "ethnic minority|ethnic minorities|ethnic-minority|minority|ethnic|khmer|minorities"
        ),
        "group:social_protection": "social protection|social assistance|social-protection",
        "group:business": "business households|household businesses",
        "group:covid": "covid-19|covid|pandemic|epidemic",
        "group:disaster": (
            "natural disasters|floods|flood|storm|storms|fire|fires|landslides|typhoon|tornado|"
            "disaster|typhoons|disasters|flooding"
        ),
        "group:saline": "saline intrusion|saltwater intrusion|salinity|salt intrusion",
        "group:patients": (
            "medical treatment|medical care|medical examination|seriously ill|hospital fees|"
            "healthcare|critically ill"
        ),
        "group:students": "go to school|schooling|school fees",
        "group:freelance": "freelance workers|self-employed workers|freelance",
        "group:meritorious": (
            "people with meritorious services|national contributors|revolutionary contributors|"
            "policy families"
        ),
        "of_plan": "of the plan|of the target|of plan|of the yearly plan",
        "people": "of the population|population|of the province's population|residents",
        "left": "remaining|leaving",
        "rate": "rate|rates|ratio|proportion|percentage|share|incidence",
        "topic:poverty": (
            "poor rate|poverty level|poverty rate|poverty rates|rate of poverty|"
            "poor household rate|rate of poor households|poverty ratio|poor household ratio|"
            "percentage of poor households|proportion of poor households|"
            "rate of household poverty|household poverty rate|poverty headcount|"
            "poverty incidence|share of poor households|ratio of poor households|"
            "poor-household rate|the number of poor households fell to a rate|"
            "poverty rate under the multidimensional standard|"
            "poverty rate by the multidimensional standard|poor households rate|"
            "poverty rate according to the multidimensional poverty standard|"
            "poverty rate according to multidimensional standards"
        ),
        "topic:near_poverty": (
            "near-poverty rates|near-poor rates|"
            "near-poverty rate|near poverty rate|near-poor rate|near-poor household rate|"
            "rate of near-poor households|near-poor households rate|"
            "percentage of near-poor households|proportion of near-poor households|"
            "share of near-poor households|ratio of near-poor households|near-poverty ratio|"
            "rate of near-poverty|near poor household rate|rate of near poor households"
        ),
        "topic:multidimensional": (
            "multidimensional poverty rate|multi-dimensional poverty rate|"
            "multidimensional poverty|multi-dimensional poverty|rate of multidimensional poverty|"
            "multidimensionally poor household rate|rate of multidimensionally poor households|"
            "multidimensionally poor households|multidimensional poor household rate|"
            "multidimensional poor households"
        ),
        "topic:both": (
            "poverty and near-poverty rate|poor and near-poor household rate|"
            "rate of poor and near-poor households|combined rate|poor and near-poor rate|"
            "poor and near-poor households rate|percentage of poor and near-poor households|"
            "share of poor and near-poor households|combined poverty and near-poverty rate|"
            "proportion of poor and near-poor households"
        ),
        "topic:poverty_line": "poverty line|poverty threshold|poverty standard|poverty lines",
        "topic:near_poverty_line": "near-poverty line|near-poor line|near-poverty threshold",
        "topic:income": (
            "income|per capita income|average income|incomes|income per capita|earnings|earn|"
            "earns|earned|average per capita income|earning"
        ),
        "topic:coverage": (
            "health insurance covers|insurance covers|was covered by|is covered by|were covered by|"
            "coverage|covered|have access|has access|access to clean water|"
            "health insurance coverage|covered by health insurance|hygienic water|clean water|"
            "use clean water|issued with|entitled to|access to|received health insurance|"
            "granted health insurance|with access|health cover|hold a card|hold cards|"
            "have health insurance|insured"
        ),
        "topic:progress": (
            "of the plan|of the target|disbursement rate|disbursement|of the planned|"
            "of the allocated|of the assigned|of plan|disbursed|of the capital plan|"
            "of the annual plan|of its plan|of the assigned capital|of allocated capital|"
            "fulfilling|completion rate"
        ),
        "share": (
            "make up|make up another|makes up another|"
            "accounting for|accounted for|accounts for|account for|representing|equivalent to|"
            "equal to|making up|made up|makes up|represents|or|comprising|constituting|equalling|"
            "corresponding to|which is|equating to"
        ),
        "whole unit:households": (
            "of all households|of total households|of the total households|"
            "total number of households|of the total number of households"
        ),
        "whole": (
            "of the total|of all|of total|of the province's population|of the population|"
            "of the poor|of whom|of them"
        ),
        "act:support": (
            "receives|receiving|gets|is given|are given|is granted|are granted|"
            "relocated|moved|took part|taking part|participated|participating|delivered|joining|"
            "joined|handed out|issued|accessed|delivering|were lent|support|supported|supporting|"
            "assist|assisted|assistance|help|helped|helping|given|gave|granted|provided|"
            "providing|provide|received|receive|benefited|benefiting|benefit|allowance|"
            "allowances|aid|relief|presented|donated|borrowed|borrow|lent|access to loans|"
            "preferential loans|subsidies|subsidy|handed|receiving|distributed|handed over|"
            "cared for|caring for|stipends|gained access to loans|cover|supports|provides|helps|"
            "offered|awarded|paid to|payments to|drew|took loans"
        ),
        "act:train": (
            "train|vocational courses|vocational training|trained|training|received training|"
            "apprenticeship"
        ),
        "act:exit": (
            "left the poverty list|taken off the poverty list|off the poverty list|"
            "left the poor household list|graduated from poverty|graduate from poverty|"
            "came out of poverty|climbed out of poverty|rise out of poverty|no longer poor|"
            "escaped poverty|escape poverty|escaped from poverty|out of poverty|exited poverty|"
            "left poverty|lifted out of poverty|escape from poverty|escaping poverty|"
            "rose out of poverty|leave poverty|left the poor list|"
            "left the list of poor households|removed from the list of poor households|"
            "moved out of poverty|emerged from poverty|rising out of poverty|got out of poverty|"
            "get out of poverty|have escaped poverty|shook off poverty"
        ),
        "act:exit_near": "escaped near-poverty|escaped near poverty|out of near-poverty",
        "act:fallback": (
            "fell back|slid back into poverty|fall back into poverty|slipped back|"
            "back into poverty|relapsed|"
            "fell back into poverty|fallen back into poverty|falling back into poverty|"
            "relapsed into poverty|slipped back into poverty|returned to poverty|"
            "relapse into poverty|sank back into poverty"
        ),
        "act:new": (
            "newly added to the list|newly fell into poverty|slipped into poverty|"
            "slid into poverty|"
            "newly poor|fell into poverty|newly arising|fallen into poverty|became poor|"
            "newly classified as poor"
        ),
        "act:jobs": (
            "found work|got jobs|created jobs|create jobs|creating jobs|job creation|jobs for|"
            "job|jobs|employment for|employment|new jobs|job placement|found jobs|provided jobs|"
            "work for"
        ),
        "act:abroad": (
            "work abroad|working abroad|overseas|guest workers|labour export|labor export|"
            "sent abroad"
        ),
        "act:build": (
            "rebuilt|rebuild|rebuilding|build|built|building|construction|constructed|construct|"
            "newly built|erected|constructing"
        ),
        "act:repair": (
            "repair|repaired|repairing|repairs|renovated|renovation|renovate|upgraded|upgrading|"
            "refurbished|fixing"
        ),
        "act:build_or_repair": (
            "build and repair|built and repaired|built or repaired|building and repairing|"
            "construction and repair|build or repair|new construction and repair|eliminated|"
            "eliminating|eliminate|built and renovated|replaced|building or repairing|"
            "built or renovated|construction or repair|build or renovate|eliminate makeshift|"
            "removal of|building and renovating"
        ),
        "act:start": (
            "work has started|work started|still under construction|broke ground on|underway|"
            "under way|"
            "started construction|broken ground|broke ground|under construction|started|"
            "work has begun|work began|construction has begun|being built|work had begun|"
            "kicked off construction"
        ),
        "act:remain": (
            "not yet finished|not yet built|have not started|must be replaced|"
            "still need replacing|waiting to be built|not been built|"
            "remaining|remain|still to be built|yet to be built|not yet started|left to build|"
            "yet to start"
        ),
        "money:budget": (
            "capital plan|planned capital|"
            "budget|total budget|funding|capital|total capital|total funding|investment|"
            "total investment|funds|state budget|central budget|local budget|resources|"
            "total funds|investment capital|counterpart funds|spending|expenditure"
        ),
        "money:allocated": "allocated|allocation|assigned|earmarked|set aside|allocating|allotted",
        "money:disbursed": (
            "disbursed|disbursement|spent|paid out|disbursing|disbursements|disburse|used up"
        ),
        "money:mobilised": (
            "mobilised|mobilized|raised|collected|donations|contributed|mobilising|mobilizing|"
            "contributions|fundraising|pooled|donated to the fund|called for|received donations|"
            "raise|mobilise|mobilize|gathered|pledged"
        ),
        "money:loan": (
            "loans|loan|outstanding loans|credit|outstanding debt|lending|borrowed|"
            "outstanding balance|preferential credit|lent|policy credit|outstanding loan balance|"
            "outstanding credit|lending turnover|total outstanding loans|borrow|outstanding"
        ),
        "money:value": (
            "total cost|cost|costs|at a total cost of|worth|valued at|value|totalling|totaling|"
            "amounting to|sum of|in cash|amount|total value|at a cost of|costing|a total of"
        ),
        "rice": "rice",
        "dir:decrease from": "down from",
        "dir:increase from": "up from",
        "dir:decrease": (
            "fallen|downward|halved|declining by|plunged|trimmed|fell|fall|falling|decrease|"
            "decreased|decreasing|declined|decline|declining|dropped|drop|down|reduce|reduced|"
            "reducing|reduction|lower|cut|fewer|less|shrank|dropping|decreases|falls|declines|"
            "reductions|lowered|down by|slid|shed|shrinking|brought down|bring down|"
            "bringing down|slipped|eased|lowering"
        ),
        "dir:increase": (
            "risen|grown|rose|rise|rising|increase|increased|increasing|grew|growth|grow|up|"
            "higher|climbed|raised to|gain|gained|more than the previous|growing|up by|jumped"
        ),
        "to": (
            "to|at|stood at|reached|was|were|is|stands at|to just|to only|down to|now|to around|"
            "remaining at|remained at|hit|came to|totalled|totaled|numbered|became|up to|"
            "reaching|are|has|had|have|stood|stand at|remains|remained|to about"
        ),
        "by": (
            "by|by a further|by another|a further|an average of|by an average of|of|a drop of|"
            "a fall of|a decrease of"
        ),
        "from": "from",
        "vs": (
            "compared with|compared to|against|versus|from the previous year|year-on-year|"
            "over the previous year|relative to|year on year|in comparison with|than|"
            "from the year before|on the previous year|from a year earlier|from the end of"
        ),
        "than": "lower than|less than|fewer than|more than|greater than|higher than",
        "avg": "average|on average|an average|averaging|averaged|an average of|by an average of",
        "per:year": (
            "per year|a year|annually|each year|per annum|every year|yearly|annual|/year|year"
        ),
        "per:month": "per month|a month|monthly|each month|every month|/month",
        "per:each": (
            "per household|per house|each|per person|per capita|per family|apiece|per head|"
            "each household|each house|every household|each family|/household|/person|/house|"
            "per home|per unit|per student|per pupil|each home|each person|per model|per commune|"
            "per worker"
        ),
        "qual:about": (
            "about|around|approximately|some|roughly|an estimated|estimated at|circa|"
            "in the region of"
        ),
        "qual:nearly": "nearly|almost|close to|just under|nearly all|just short of|close on",
        "qual:more_than": (
            "more than|over|exceeding|above|in excess of|greater than|upwards of|just over|"
            "surpassing|exceeded"
        ),
        "qual:below": "below|under|less than|fewer than|lower than",
        "qual:at_least": (
            "at least|no less than|not less than|a minimum of|minimum|no fewer than|a minimum"
        ),
        "qual:at_most": (
            "at most|up to|no more than|maximum|not more than|not exceeding|a maximum of|"
            "as much as|as many as"
        ),
        "after:at_least": "or more|or above|and above|or higher|or longer|and over|or over",
        "after:at_most": "or less|or below|or fewer|or lower",
        "after:more_than": "plus",
        "kind:target": (
            "intends|intend|plans|target|targets|aims|aim|aiming|strive|strives|striving|goal|"
            "goals|seeks|plans to|plan to|wants to|hopes to|is to|objective|objectives|aimed|"
            "targeted|targeting|set a target|set a goal|pledged to|intends to|determined to|must|"
            "committed to|set out to|aspires|needs to|vows|planned to|under the plan|the plan is|"
            "wants|want|task of|the plan for|plan for|targets to|set ourselves"
        ),
        "kind:forecast": (
            "expected|projected|forecast|predicted|forecasts|expects|estimated|estimates|"
            "is likely|anticipated|projections|projects that|will fall|will be|would be|"
            "will drop|will decline|will decrease|expect|estimate|anticipates|is set to|"
            "should fall|may fall|is due to|forecasted|would fall|projection"
        ),
        "kind:norm": (
            "minimum|at least|standard|norm|set amount|set at|support level|poverty line|"
            "poverty threshold|near-poverty line|stipulated|prescribed|entitled to|required|"
            "must have|requirement|requires|requirements|poverty standard|per house norm"
        ),
        "kind:actual": (
            "has|had|have|was|were|as of|to date|so far|now|currently|fell|dropped|reached"
        ),
        "aim": (
            "must|should|guarantee|guarantees|guaranteeing|ensure|ensures|ensuring|sets|set|"
            "setting|resolved|resolves|need to|has to|have to|not above|no higher than|"
            "keep|keeping|asked to|is required to"
        ),
        "future": "will fall|will be|would be|will drop|will decline|will decrease|would fall",
        "plan": "programme|program|plan|resolution|project|scheme",
        "kind:none": (
            "exceeding the target|exceeded the target|met the target|meeting the target|"
            "surpassing the target|above the target|beyond the target|national target programme|"
            "national target program|national target programmes|national target programs|"
            "surpassed the target|achieved the target|of the target|target programme|"
            "target program|exceeding its target|met its target|exceeded its target|"
            "exceeding the plan|exceeded targets|beat its target|sustainable development goals|"
            "of the plan|better than the target|sustainable development goal|against a target|"
            "assigned target|targeted at|achieving the target|ahead of target|the target set|"
            "beating the target"
        ),
        "role:total": (
            "total|in total|totalling|totaling|altogether|in all|overall|a total of|total of|"
            "combined"
        ),
        "role:list": (
            "including|comprising|consisting of|as follows|namely|made up of|broken down|among them"
        ),
        "role:of_which": (
            "of which|of whom|among which|among whom|of these|of them|of that|including|of this|"
            "among them|in which"
        ),
        "link": "with|or|equivalent to|that is|equal to|meaning",
        "these": (
            "this figure|these figures|this number|these numbers|this rate|these rates|"
            "both rates|the figure|the rate|that figure"
        ),
        "part_of": (
            "of|of the|out of|out of the|out of a total of|of a total of|of a planned|"
            "of the planned"
        ),
        "act:finish": "completed|finished|complete|finish|handed over|inaugurated|put into use",
        "reduction": (
            "poverty reduction|reduce poverty|reducing poverty|cut poverty|lower poverty|"
            "cutting poverty|poverty reduction rate"
        ),
        "for_every": "for every|out of every|of every|in every",
        "respectively": "respectively|in that order",
        "t:year": "year|the year|years",
        "t:month": "month|months of",
        "t:quarter": "quarter of|quarter",
        "t:end": (
            "the end of the year|by the end of the year|end of|the end of|late|by the end of|"
            "year-end|end-|at the end of|end|the close of|by end|at end|end of the year|close of|"
            "by the close of"
        ),
        "t:year_end": (
            "end of the year|year-end|the end of the year|by the end of the year|"
            "at the end of the year"
        ),
        "t:start": (
            "beginning of|the beginning of|early|start of|the start of|beginning|at the start of|"
            "start of the|the start of the|at the start of the|at the beginning of the|"
            "beginning of the|the beginning of the"
        ),
        "t:mid": "mid-|middle of|the middle of|mid",
        "t:first": "months|months of|months of the year",
        "t:first_word": "first|the first",
        "t:half": "first half of|the first half of",
        "t:this_year": "this year|current year|the current year",
        "t:end t:this_year": (
            "end of this year|the end of this year|by the end of this year|this year's end|"
            "from now to the end of the year|between now and the end of the year|"
            "from now until the end of the year|late this year|at the end of this year"
        ),
        "t:last_year": "last year|the past year",
        "t:end t:last_year": (
            "end of last year|the end of last year|at the end of last year|last year-end|"
            "by the end of last year|late last year|last year's end|last year end"
        ),
        "t:previous_year": (
            "the previous year|previous year|a year earlier|the year before|a year before|"
            "one year earlier|the preceding year"
        ),
        "t:end t:previous_year": "end of the previous year|the end of the previous year",
        "vs t:previous_year": (
            "the same period last year|same period last year|year-on-year|"
            "the same period of last year|the same period of the previous year"
        ),
        "t:the_year": "during the year|in the year|throughout the year|the whole year",
        "t:from t:start": (
            "since the start of the year|since the beginning of the year|so far this year|"
            "from the beginning of the year|from the start of the year|since early this year"
        ),
        "review": "review|reviews|household review|survey results",
        "t:next_year": "next year|the following year",
        "t:period": "period|between|the period|phase|term|stage",
        "t:to": "to|until|-|through|till|up to",
        "t:asof": "as of|by|as at|until|up to|till",
        "t:from": "from|since|between|after",
        "t:now": "to date|so far|currently|at present|now|until now|thus far|to the present",
        "t:day": "on|day|on the",
        "month:1": "january|jan",
        "month:2": "february|feb",
        "month:3": "march",
        "month:4": "april",
        "month:5": "may",
        "month:6": "june",
        "month:7": "july",
        "month:8": "august|aug",
        "month:9": "september|sept",
        "month:10": "october|oct",
        "month:11": "november|nov",
        "month:12": "december|dec",
        "id": (
            "no|no.|number|article|clause|resolution|decision|decree|circular|programme|program|"
            "project|phase|zone|region|area|phone|tel|hotline|directive|section|chapter|"
            "national highway|highway|route|grade|covid|level|class|law|document|version|photo|"
            "page|sub-project|subproject|component|aged|age|ward|district|phu|hamlet|session|"
            "congress|plan no|official letter|dispatch|sdg|goal|ranked|rank|item|tier|group|"
            "instruction"
        ),
        "count": "number of|the number of|numbering|total of",
        "docdate": "dated|issued on|signed on",
        "dob": "born in|born",
        "age": "aged|age",
        "skip": (
            "poverty reduction|poverty alleviation|for the poor|fund for the poor|"
            "sustainable poverty reduction|hunger eradication|near-by|to the poor|"
            "poverty eradication|multidimensional poverty reduction|in order to|according to|"
            "leading to|able to|due to|thanks to|access to|continue to|used to|up to date|set up|"
            "made up of|in the past|poor areas|poor regions|poor district|poorest|poor commune|"
            "as well as|household registration|housing support|family planning|the state|step up|"
            "day for the poor|look up|poor districts|poverty-reduction|reduce poverty|"
            "reducing poverty|scale up|growing up|ethnic affairs|or other|one of|one another|"
            "no one|one day|each other|ethnic affairs committee|reduced to tears|ministry of|"
            "home affairs|higher education|high school|business development|for the better"
        ),
        "place:province": "province|city|provincial|prov.|provinces of",
        "place:district": "district|town|city|township|districts of",
        "place:commune": "commune|ward|township|town|communes of",
        "place:country": (
            "nationwide|the whole country|the country|across the country|national|the nation|"
            "countrywide|the country's|nationally|vietnam's|viet nam's"
        ),
        "whole:province": (
            "the province|the whole province|province-wide|throughout the province|"
            "across the province|the province's|provincewide|the entire province|the city|"
            "province's|provincial"
        ),
        "whole:district": (
            "the district|the whole district|across the district|the district's|district-wide|"
            "the entire district|throughout the district|district's"
        ),
        "whole:commune": (
            "the commune|the whole commune|the commune's|across the commune|the entire commune|"
            "commune's"
        ),
        "sum": "both groups|together|combined|the two groups|the two combined",
        "set_amount": (
            "support level|level of support|set amount|norm|norms|rate of support|support rate|"
            "may borrow|can borrow"
        ),
        "weak_topic": "poverty",
    },
)
