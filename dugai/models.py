"""All rows of the house, gathered from the rooms for Django."""

from dugai.acceptance.models import *  # noqa: F403
from dugai.complaints.models import *  # noqa: F403
from dugai.disclosure.models import *  # noqa: F403
from dugai.evidence.models import *  # noqa: F403
from dugai.files.models import *  # noqa: F403
from dugai.indicators.models import *  # noqa: F403
from dugai.intake.models import *  # noqa: F403
from dugai.jobs.models import *  # noqa: F403
from dugai.journal.models import *  # noqa: F403
from dugai.ledger.models import *  # noqa: F403
from dugai.notices.models import *  # noqa: F403
from dugai.people.models import *  # noqa: F403
from dugai.progress.models import *  # noqa: F403
from dugai.rulebook.models import *  # noqa: F403
from dugai.staging.models import *  # noqa: F403
from dugai.upkeep.models import *  # noqa: F403
