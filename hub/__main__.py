"""The hub's commands: `python -m hub VERB`. Exit 0 on success, 2 on a wrong call, 1 on a refusal, said in one line."""

import sys
from collections.abc import Sequence

import click
from sqlalchemy.exc import SQLAlchemyError

from connectors.database import DatabaseNewer
from connectors.trouble import of_file, trouble
from hub import config
from hub.bootstrap import BrokerNotSet, DatabaseGone, DatabaseOutOfDate, DatabaseUnreachable
from hub.commands import (
    access,
    backups,
    dead_letters,
    definitions,
    doctor,
    heads,
    joining,
    keeping,
    keys,
    ledger,
    recalls,
    serving,
)
from hub.intake import approval, enrol
from hub.intake.heads import HubKeyDiffers
from schemas.delivery import TransportRefused

_REFUSALS: tuple[type[Exception], ...] = (
    BrokerNotSet, TransportRefused, DatabaseUnreachable, DatabaseGone, DatabaseOutOfDate, DatabaseNewer,
    HubKeyDiffers, config.HubKeyExposed, config.HubKeyMissing,
    config.SettingsFileExists, config.SettingsFileMissing, config.SettingWrong, enrol.PartnerExists,
    approval.NothingToApprove, approval.FingerprintMismatch,
    enrol.RegionCodeWrong, enrol.RegionEnrolledAlready, enrol.RegionNotEnrolled,
    FileExistsError, *access.REFUSALS, *keeping.REFUSALS,
    *backups.REFUSALS, *serving.REFUSALS, *dead_letters.REFUSALS, *keys.REFUSALS,
    *ledger.REFUSALS, *definitions.REFUSALS,
)  # fmt: skip


@click.group()
def cli() -> None:
    """Run the national side of Regiohelix."""


for command in (
    joining.init, joining.invite, joining.approve, joining.partners, serving.serve, serving.receive, serving.receiving,
    keeping.rebuild, keeping.upgrade,
    backups.backup, backups.restore,
    doctor.doctor, dead_letters.dead_letters, keys.keys, heads.heads, access.users, access.program_tokens,
    recalls.recalls, ledger.ledger, definitions.definitions,
):  # fmt: skip
    cli.add_command(command)


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 refused, 2 called wrongly."""
    try:
        cli.main(args=list(argv), prog_name="python -m hub", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except click.Abort:
        return 1
    except _REFUSALS as refusal:
        click.echo(str(refusal), err=True)
        return 1
    except SQLAlchemyError as error:  # its text could hold what was to be stored
        click.echo(f"The hub's database: {trouble(error).sentence}", err=True)
        return 1
    except OSError as error:
        click.echo(of_file(error), err=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
