"""The words of the pages for signing in, in Dutch and English; hub.web.words holds them with the others."""

from typing import Final

ACCESS_WORDS: Final[dict[str, tuple[str, str]]] = {
    "sign_in": ("Inloggen", "Sign in"),
    "sign_out": ("Uitloggen", "Sign out"),
    "sign_out_everywhere": ("Overal uitloggen", "Sign out everywhere"),
    "sign_in_lead": (
        "Voor mensen van een regio, het landelijk team en partners. Wat openbaar is, ziet u ook zonder in te loggen.",
        "For people of a region, the national team and partners. What is public you see without signing in.",
    ),
    "account_name": ("Naam van uw account", "Account name"),
    "password": ("Wachtwoord", "Password"),
    "or_provider": ("Met uw eigen organisatie", "With your own organisation"),
    "provider_lead": (
        "U logt in bij uw organisatie en komt daarna hier terug. Uw wachtwoord komt hier niet langs.",
        "You sign in at your organisation and then come back here. Your password does not pass through here.",
    ),
    "provider_button": ("Inloggen via uw organisatie", "Sign in through your organisation"),
    "no_account": ("Nog geen account?", "No account yet?"),
    "no_account_text": (
        "De beheerder van deze hub laat mensen toe; zelf aanmelden kan niet. Kreeg u een code, stel dan eerst een "
        "wachtwoord in.",
        "The administrator of this hub admits people; you cannot register yourself. If you were given a code, set a "
        "password first.",
    ),
    "have_code": ("Wachtwoord instellen met een code", "Set a password with a code"),
    "set_password": ("Wachtwoord instellen", "Set a password"),
    "set_password_lead": (
        "De code geldt één keer, tot 72 uur nadat de beheerder hem maakte.",
        "The code works once, until 72 hours after the administrator made it.",
    ),
    "code": ("Code", "Code"),
    "new_password": ("Nieuw wachtwoord", "New password"),
    "password_again": ("Nog een keer", "Once more"),
    "password_hint": (
        "Ten minste 12 tekens. Een paar woorden achter elkaar werken goed.",
        "At least 12 characters. A few words together do well.",
    ),
    "account": ("Uw account", "Your account"),
    "roles": ("Rollen", "Roles"),
    "you_may_read": ("U ziet wat is voor", "You see what is for"),
    "network": ("de regio’s en het landelijk team", "the regions and the national team"),
    "partners": ("partners", "partners"),
    "role_national": ("landelijk team", "national team"),
    "role_partner": ("partner", "partner"),
    "role_administrator": ("beheerder", "administrator"),
    "account_limits": (
        "U wordt uitgelogd na 30 minuten zonder gebruik, en in elk geval na 12 uur.",
        "You are signed out after 30 minutes without use, and in any case after 12 hours.",
    ),
    "foot_inside": (
        "U ziet ook wat niet voor iedereen is. Deel het alleen met wie het ook mag zien.",
        "You also see what is not for everyone. Share it only with those who may see it too.",
    ),
    "why_mismatch": (
        "Naam en wachtwoord horen niet bij elkaar. Probeer het opnieuw.",
        "The name and the password do not belong together. Try again.",
    ),
    "why_wait": (
        "Te veel pogingen. Wacht een kwartier en probeer het dan opnieuw.",
        "Too many attempts. Wait a quarter of an hour and then try again.",
    ),
    "why_expired": (
        "Deze poging is verlopen of begon in een andere browser. Log opnieuw in.",
        "This attempt has expired or was begun in another browser. Sign in again.",
    ),
    "why_provider_refused": (
        "Uw organisatie heeft u niet ingelogd. Probeer het opnieuw.",
        "Your organisation did not sign you in. Try again.",
    ),
    "why_not_admitted": (
        "Uw organisatie kent u, maar u bent hier nog niet toegelaten. Vraag het de beheerder van deze hub.",
        "Your organisation knows you, but you are not admitted here yet. Ask the administrator of this hub.",
    ),
    "why_provider": (
        "De inlogdienst van uw organisatie antwoordt niet. Probeer het later opnieuw.",
        "Your organisation’s sign-in service does not answer. Try again later.",
    ),
    "why_signed_out": (
        "U bent niet (meer) ingelogd. Log in om verder te gaan.",
        "You are not signed in (any more). Sign in to go on.",
    ),
    "why_form": (
        "De pagina stond te lang open. Er is niets veranderd; probeer het opnieuw.",
        "The page was open too long. Nothing was changed; try again.",
    ),
    "why_goodbye": ("U bent uitgelogd.", "You are signed out."),
    "why_password_set": (
        "Uw wachtwoord is ingesteld. U kunt nu inloggen.",
        "Your password is set. You can sign in now.",
    ),
    "why_differ": ("De twee wachtwoorden zijn niet gelijk.", "The two passwords are not the same."),
    "why_code": (
        "Deze code is onbekend, gebruikt of verlopen. Vraag de beheerder om een nieuwe.",
        "This code is unknown, used or expired. Ask the administrator for a new one.",
    ),
    "why_unfit": (
        "Dit wachtwoord is te kort of te eenvoudig. Neem ten minste 12 tekens, zonder uw accountnaam.",
        "This password is too short or too simple. Take at least 12 characters, without your account name.",
    ),
}
