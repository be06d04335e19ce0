"""What the embedded vendor sells: about 130 products with their denominations and base prices."""

import hashlib
import zlib
from decimal import Decimal
from functools import cache

from msgspec import Struct

from services.domain.money import CENT

TEST_REFUND = "TEST_REFUND"
TEST_PARTIAL = "TEST_PARTIAL"
TEST_TYPES = frozenset({TEST_REFUND, TEST_PARTIAL})
TEST_PRICE = Decimal(100)
TEST_STOCK = 9_999


class ShelfType(Struct, frozen=True):
    """A denomination as the vendor first put it up: base price in DZD, cards in a full shelf."""

    id: str
    name: str
    price: Decimal
    stock: int


class ShelfProduct(Struct, frozen=True):
    """A product of the vendor's catalogue with its denominations."""

    id: str
    title: str
    category: str
    region: str
    enabled: bool
    types: tuple[ShelfType, ...]


# One product a line: title | region | name of a denomination | face values | DZD for one unit of
# face value | marks. `{}` stands for the face value; `face=DZD` gives a price of its own.
# Marks: `off` is not sold at present, `out` has no stock.
_CATALOGUE = """
# Gaming
PUBG Mobile UC | Global | {} UC | 60 325 660 1800 3850 8100 | 3.24
PUBG Mobile UC | MENA | {} UC | 60 325 660 1800 3850 | 3.11
بطاقات شحن ببجي موبايل | KSA | {} شدة | 60 325 660 1800 | 3.38
PUBG New State NC | Global | {} NC | 300 1580 3580 | 0.79
Free Fire Diamonds | MENA | {} Diamonds | 100 210 530 1080 2200 | 2.19
Free Fire Diamonds | Europe | {} Diamonds | 100 310 520 1060 | 2.31
فري فاير جواهر | الجزائر | {} جوهرة | 100 210 530 1080 | 2.12
Mobile Legends Diamonds | Global | {} Diamonds | 86 172 257 706 2195 | 4.05
Call of Duty Mobile CP | Global | {} CP | 80 420 880 2400 | 2.74
Call of Duty Points | US | {} COD Points | 1100 2400 5000 | 2.02
Fortnite V-Bucks | Global | {} V-Bucks | 1000 2800 5000 13500 | 1.94
Valorant Points | Europe | {} VP | 475 1000 2050 3650 5350 | 2.48
Valorant Points | Türkiye | {} VP | 375 825 1700 2925 | 1.71
League of Legends RP | EUW | {} RP | 575 1380 2800 4500 | 1.83
Roblox | Global | {} USD | 10 25 50 100 | 238.40
Roblox Robux | Global | {} Robux | 400 800 2000 4500 | 2.96
Genshin Impact Genesis Crystals | Global | {} Crystals | 60 300 980 1980 3280 | 3.67
Honkai: Star Rail Oneiric Shards | Global | {} Shards | 60 300 980 1980 | 3.69
Minecraft Minecoins | Global | {} Minecoins | 330 1720 3500 | 1.45
Minecraft Java & Bedrock | Global | {} | Standard=6480.25 Deluxe=8312.40 | 1
EA SPORTS FC Points | Global | {} FC Points | 500 1050 2800 5900 | 2.27
Clash of Clans Gems | Global | {} Gems | 500 1200 2500 6500 | 1.88
Brawl Stars Gems | Global | {} Gems | 30 80 170 360 | 13.20
Yalla Ludo Diamonds | MENA | {} Diamonds | 830 2320 5150 | 0.58
يلا لودو ذهب | MENA | {} ذهب | 10000 50000 100000 | 0.11 | out
Jawaker Tokens | MENA | {} Tokens | 6200 12500 35000 | 0.085
Lords Mobile Diamonds | Global | {} Diamonds | 209 524 1048 | 2.35
Apex Legends Coins | Global | {} Coins | 1000 2150 4350 | 2.11 | out
World of Tanks Gold | Europe | {} Gold | 1250 3000 6500 | 1.06
World of Warcraft | Europe | {} days | 30 60 180 | 108.50 | off
# Game stores
PlayStation Store | France | {} EUR | 10 20 30 50 70 100 | 256.10
PlayStation Store | US | {} USD | 10 25 50 75 100 110 | 236.75
PlayStation Store | UAE | {} USD | 5 10 20 50 | 234.90
PlayStation Store | KSA | {} USD | 10 20 50 | 235.60
PlayStation Store | UK | {} GBP | 10 20 50 | 301.45
PlayStation Plus Essential | France | {} mois | 1=2298.70 3=6389.15 12=18420.60 | 1
PlayStation Plus Extra | US | {} months | 1=3542.18 12=31870.00 | 1 | out
Xbox Gift Card | US | {} USD | 5 10 25 50 100 | 233.08
Xbox Gift Card | France | {} EUR | 5 10 25 50 | 252.66
Xbox Gift Card | Türkiye | {} TRY | 100 250 500 | 6.88
Xbox Game Pass Ultimate | Global | {} | 1 month=3184.52 3 months=9120.37 | 1
Xbox Game Pass Core | Europe | {} mois | 3=4102.00 6=7588.45 12=12840.90 | 1
Steam Wallet | US | {} USD | 5 10 20 50 100 | 240.18
Steam Wallet | Europe | {} EUR | 5 10 20 50 100 | 259.04
Steam Wallet | MENA | {} USD | 5 10 20 40 | 239.55
Steam Wallet | Türkiye | {} USD | 5 10 20 | 237.15 | off
Nintendo eShop | US | {} USD | 10 20 35 50 | 237.92
Nintendo eShop | Europe | {} EUR | 15 25 50 100 | 257.31
Nintendo Switch Online | Europe | {} | 3 mois=2117.48 12 mois=5240.00 Famille 12 mois=9160.80 | 1
Razer Gold | Global | {} USD | 5 10 20 50 100 | 235.27
Razer Gold | Türkiye | {} TRY | 50 100 250 | 6.73
Battle.net | Europe | {} EUR | 20 50 | 258.44
Battle.net | US | {} USD | 20 50 100 | 239.70
Riot Access Code | Europe | {} EUR | 10 20 50 | 257.80
EA Play | Global | {} | 1 month=1326.13 12 months=7645.90 | 1
Ubisoft Store | Europe | {} EUR | 20 50 | 255.05 | out
Meta Quest | US | {} USD | 15 25 50 100 | 238.66
# Stores
Apple Gift Card | France | {} EUR | 10 15 25 50 100 | 255.38
Apple Gift Card | US | {} USD | 2 5 10 25 50 100 | 235.94
Apple Gift Card | UAE | {} AED | 50 100 250 500 | 64.85
بطاقة ايتونز | KSA | {} ريال | 50 100 200 300 | 63.42
Apple Gift Card | Türkiye | {} TRY | 50 100 250 500 | 6.64
Google Play | France | {} EUR | 5 10 15 25 50 | 254.27
Google Play | US | {} USD | 5 10 25 50 100 | 236.31
جوجل بلاي | KSA | {} ريال | 20 50 100 | 64.10
Google Play | Türkiye | {} TRY | 25 50 100 250 | 6.59
Amazon | US | {} USD | 5 10 25 50 100 | 238.02
Amazon | France | {} EUR | 10 20 50 100 | 256.77
Amazon | KSA | {} SAR | 50 100 200 | 64.73
Amazon | UAE | {} AED | 50 100 250 | 65.21 | off
eBay | US | {} USD | 10 25 50 | 240.95
AliExpress | Global | {} USD | 10 25 50 100 | 237.40
Noon | UAE | {} AED | 50 100 250 | 64.96
Carte cadeau Zalando | France | {} EUR | 20 50 100 | 256.15 | out
IKEA | France | {} EUR | 25 50 100 | 255.72
Carte cadeau Fnac Darty | France | {} EUR | 15 30 50 | 254.93
Visa Prepaid | Global | {} USD | 5 10 25 50 100 | 246.80
Mastercard Prepaid | Global | {} USD | 10 25 50 | 247.35
# Streaming
Netflix | Türkiye | {} TRY | 200 300 500 750 | 6.91
Netflix | US | {} USD | 15 30 60 | 239.66
Netflix | France | {} EUR | 15 25 50 | 258.12
Spotify Premium | France | {} mois | 1=2750.00 3=8085.35 6=15990.20 12=30470.75 | 1
Spotify Premium | US | {} USD | 10 30 60 | 238.94
Deezer Premium | Algérie | {} mois | 1=648.20 3=1890.00 12=6950.40 | 1
Anghami Plus | MENA | {} | 1 month=890.50 3 months=2514.75 12 months=8760.00 | 1
شاهد VIP | MENA | {} | شهر=1560.40 3 أشهر=4288.00 سنة=13970.65 | 1
شاهد VIP الباقة الرياضية | MENA | {} | شهر=2430.15 سنة=22680.90 | 1
OSN+ | MENA | {} | 1 month=1742.30 3 months=4980.00 12 months=16250.45 | 1
beIN CONNECT | MENA | {} | 1 month=2604.90 3 months=7455.50 12 months=26890.00 | 1
TOD | MENA | {} | Mobile 1 month=980.50 Sports 1 month=2980.35 | 1
Starzplay | MENA | {} | 1 month=1148.00 6 months=6310.20 | 1 | out
Crunchyroll Mega Fan | Global | {} | 1 month=2310.66 12 months=21480.30 | 1
Twitch | US | {} USD | 15 25 50 | 239.08
YouTube Premium | Türkiye | {} | 1 ay=1260.75 3 ay=3722.10 | 1 | off
Canal+ myCANAL | France | {} mois | 1=5230.80 3=15170.00 | 1
IPTV Smarters Pro | Global | {} | 6 mois=2450.00 12 mois=3980.90 | 1
# Mobile et Internet
Mobilis | Algérie | {} DZD | 100 200 500 1000 2000 | 0.97
Djezzy | Algérie | {} DZD | 100 200 500 1000 2000 | 0.968
Ooredoo | Algérie | {} DZD | 100 200 500 1000 2000 | 0.965
بطاقة تعبئة موبيليس | الجزائر | {} دج | 100 200 500 1000 | 0.971
Idoom ADSL | Algérie | {} DZD | 500 1000 1600 2000 3000 | 0.985
Idoom Fibre | Algérie | {} DZD | 1600 2000 2600 3200 | 0.984
Idoom 4G LTE | Algérie | {} DZD | 500 1000 1500 2500 | 0.982
Mobilis PixX Data | Algérie | {} Go | 10=486.20 30=965.00 70=1924.35 | 1
Lycamobile | France | {} EUR | 5 10 20 | 253.90
Lebara | France | {} EUR | 10 20 | 254.45
Airalo eSIM | Global | {} USD | 5 10 25 | 238.15
Skype Credit | Global | {} USD | 10 25 | 241.20 | off
# Software
Windows 11 Pro | Global | {} | OEM=2180.40 Retail=3465.75 | 1
Windows 10 Pro | Global | {} | OEM=1640.00 Retail=2890.30 | 1
Microsoft 365 Personal | Europe | {} | 1 an=14280.55 15 mois=16940.00 | 1
Microsoft 365 Family | MENA | {} | 6 months=9870.25 12 months=17635.80 | 1
Office 2021 Professional Plus | Global | {} | 1 PC=4420.00 5 PC=15890.50 | 1
Kaspersky Standard | Algérie | {} | 1 PC 1 an=1890.70 3 PC 1 an=3340.00 5 PC 1 an=4715.25 | 1
Kaspersky Plus | MENA | {} | 1 device=2460.35 3 devices=4180.00 | 1
ESET NOD32 Antivirus | Europe | {} | 1 PC 1 an=2244.60 1 PC 2 ans=3905.15 | 1
Bitdefender Total Security | Global | {} | 5 appareils 1 an=3870.45 10 appareils 1 an=5120.00 | 1
Norton 360 Deluxe | Europe | {} | 3 appareils=3310.90 5 appareils=4075.65 | 1
McAfee Total Protection | Global | {} | 1 device=1705.20 5 devices=2980.00 | 1 | out
NordVPN | Global | {} | 1 month=3090.80 1 year=13450.00 2 years=19960.35 | 1
Surfshark VPN | Global | {} | 1 month=3385.15 1 year=12260.40 | 1
ExpressVPN | Global | {} | 1 month=3240.00 6 months=14870.90 | 1
Adobe Creative Cloud | Global | {} | 1 month=14990.70 3 months=43880.25 | 1
Autodesk AutoCAD LT | Europe | {} | 1 an=98450.00 3 ans=281300.60 | 1 | off
# Éducation, IA et réseaux
Canva Pro | Global | {} | 1 mois=1475.30 1 an=12890.00 | 1
ChatGPT Plus | Global | {} | 1 month=5120.45 3 months=15240.00 | 1
Duolingo Super | Global | {} | 6 mois=9240.60 12 mois=15380.00 | 1
Coursera Plus | Global | {} | 1 month=13970.25 1 year=92450.80 | 1 | out
Discord Nitro | Global | {} | 1 month=2395.50 1 year=23670.00 | 1
Telegram Premium | Global | {} | 3 months=2985.40 6 months=4010.75 12 months=7260.00 | 1
TikTok Coins | MENA | {} Coins | 70 350 700 1400 3500 | 2.93
بيغو لايف الماس | MENA | {} ماسة | 50 210 420 1050 | 4.86
Likee Diamonds | Global | {} Diamonds | 42 210 420 | 4.61
Tinder Gold | Europe | {} mois | 1=4210.35 6=13690.00 | 1
# Sandbox
"""


@cache
def shelves() -> tuple[ShelfProduct, ...]:
    """Return the whole catalogue in the vendor's order; ids are the same on every machine."""
    found: list[ShelfProduct] = []
    category = ""
    for line in _CATALOGUE.strip().splitlines():
        if line.startswith("# "):
            category = line[2:]
        else:
            found.append(_product(category, [part.strip() for part in line.split("|")]))
    return (*found, _tests(category))


def _product(category: str, fields: list[str]) -> ShelfProduct:
    title, region, pattern, faces, rate, *marks = fields
    product_id = _identifier(title, region)
    return ShelfProduct(
        id=product_id,
        title=title,
        category=category,
        region=region,
        enabled="off" not in marks,
        types=tuple(
            _denomination(product_id, pattern.format(face), price, "out" in marks)
            for face, price in _priced(faces, Decimal(rate))
        ),
    )


def _priced(faces: str, rate: Decimal) -> list[tuple[str, Decimal]]:
    """Pair each face value with its base price in DZD; a face with a price may hold spaces."""
    if "=" not in faces:
        return [(face, (Decimal(face) * rate).quantize(CENT)) for face in faces.split()]
    pairs: list[tuple[str, Decimal]] = []
    words: list[str] = []
    for word in faces.split():
        name, is_last, price = word.rpartition("=")
        words.append(name if is_last else word)
        if is_last:
            pairs.append((" ".join(words), Decimal(price)))
            words = []
    return pairs


def _denomination(product_id: str, name: str, price: Decimal, out: bool) -> ShelfType:
    type_id = _identifier(product_id, name)
    mark = zlib.crc32(type_id.encode())
    empty = out or mark % 11 == 0
    # Cheap cards come in long rows, dear ones in short rows.
    full = 8 + mark % 40 + (mark % 400 if price < 2_000 else 0)
    return ShelfType(type_id, name, price, 0 if empty else full)


def _tests(category: str) -> ShelfProduct:
    return ShelfProduct(
        id=_identifier("Sandbox tests", ""),
        title="Sandbox tests",
        category=category,
        region="Global",
        enabled=True,
        types=(
            ShelfType(TEST_REFUND, "Ends refunded", TEST_PRICE, TEST_STOCK),
            ShelfType(TEST_PARTIAL, "Ends half filled", TEST_PRICE, TEST_STOCK),
        ),
    )


def _identifier(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
