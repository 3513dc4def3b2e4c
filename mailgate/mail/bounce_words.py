"""What mail systems say when a mail did not arrive, or not yet: subjects and phrases, in lower case."""

import re

SUBJECT = re.compile(
    r"undeliver|un-?deliverable|delivery (?:status|failure|failed|has failed|report|problem|notification|error|unsuccessful)|"
    r"delivery (?:incomplete|delayed)|returned (?:mail|e-?mail|message|to sender)|return(?:ing|ed)? (?:message )?to sender|failure "
    r"(?:notice|delivery)|delivery failure|failed (?:mail|delivery|message)|mail (?:delivery|system error|failure|error|could not|not "
    r"delivered)|(?:message|mail|e-?mail) (?:delivery|not delivered|could not|status|undelivered|rejected)|returning (?:message|mail)|"
    r"(?:could not|couldn't|cannot|can't|unable to|not) be(?:en)? delivered|warning: .{0,60}(?:not|delay|still|user|retry|message)|\bdelayed\b|"
    r"non-?deliver|no se (?:ha )?(?:pudo|podido) entregar|bounced? (?:mail|message)|^\[?bounce\]?|mailer.?daemon|"
    r"permanent (?:delivery )?(?:failure|error)|temporary (?:delivery )?failure|transient|blocked by our|user unknown|unknown user|"
    r"non[- ]?remis|échec de (?:la )?(?:remise|distribution|livraison)|message non distribu|remise (?:impossible|différée)|"
    r"unzustellbar|nicht (?:zugestellt|zustellbar)|zustell|nicht ausgeliefert|rückläufer|"
    r"no (?:entregado|entregable|entregada)|error de entrega|fallo (?:en|de) (?:la )?entrega|devuelto|no se puede entregar|"
    r"mancat[ao] (?:recapito|consegna)|non recapitat|impossibile recapitare|errore di consegna|"
    r"niet (?:te )?bezorg|niet afgeleverd|onbestelbaar|não (?:foi )?entregue|falha na entrega|não pode ser entregue|"
    r"niedostarcz|nie dostarczon|zwrot|kan inte levereras|ej levererat|kunne ikke leveres|ikke levert|ulever|ikke leveret|"
    r"toimittaminen|ei voitu toimittaa|nedoručiteln|nelze doručit|teslim edilemedi|iletilemedi|"
    r"не доставлен|недоставлен|не может быть доставлен|возвращ[её]н|退信|无法投递|未送達|无法送达|退回|配信(?:不能|エラー)|届けられ|"
    r"送信(?:エラー|できません)|未配信"
)
NOT_DELIVERED = re.compile(
    r"(?:could not|couldn't|cannot|can't|can not|was not|wasn't|were not|unable to|not able to|has not|have not|not|failed to)"
    r" (?:be |been |yet been )?(?:successfully )?(?:deliver|sent\b|reach)|undeliver|(?:delivery|message|mail) (?:\S+ ){0,6}(?:"
    r"failed|has failed|unsuccessful|problem|failure|incomplete|impossible)|did not reach|permanent(?:ly)? (?:fatal )?(?:error|"
    r"failure|fail)|fatal error|returned to sender|returning (?:your|the) (?:message|mail)|has been (?:rejected|returned|delayed)|was (?:"
    r"rejected|refused|blocked|returned)|still (?:being )?undelivered|delivery status notification|mail delivery (?:software|failed|"
    r"system)|transcript of session|unknown user|user unknown|mailbox full|recipient address rejected|no such user|warning message only|"
    r"konnte\w* (?:\S+ ){0,12}?nicht (?:zugestellt|ausgeliefert|gesendet|übermittelt)|nicht zugestellt|unzustellbar|zustellung (?:\S+ "
    r"){0,8}(?:fehlgeschlagen|gescheitert|nicht möglich)|n'a pas pu (?:être|etre) (?:remis|livré|distribué|délivré|envoyé)|échec de la "
    r"remise|non remis|no (?:se )?(?:ha |pudo |puede )?(?:podido )?(?:ser )?entreg|non (?:è stato|può essere|"
    r"è possibile) (?:possibile )?(?:recapitar|consegn|recapitat)|niet (?:worden )?(?:bezorgd|afgeleverd)|não (?:foi possível|pôde|pode)"
    r" (?:ser )?entreg|nie (?:została |mogła być |można )?dostarcz|kunde inte levereras|kunne ikke lever|ei voitu toimittaa|"
    r"nelze doručit|nebyla doručena|teslim edilemedi|iletilemedi|не (?:было |может быть |удалось )?доставлен|не удалось "
    r"доставить|无法(?:投递|送达|发送)|未能(?:送达|投递)|無法(?:傳遞|投遞|寄送)|配信できません|送信できません|届けることができ|お届けできません"
)
DELAYED = re.compile(
    r"\bdelay|not yet been delivered|will (?:be retried|continue|keep (?:on )?trying|be tried|try|retry|be attempted)|still (?:being )?"
    r"(?:retr|trying|undelivered)|still in the queue|warning message only|do(?:es)? not need to (?:resend|re-send|be resent)|could not send message for past|"
    r"temporar(?:y|ily) (?:problem|undeliver|fail)|delivery incomplete|no action is required|further attempts? will be|verz(?:ö|oe)gert|"
    r"verz(?:ö|oe)gerung|retras(?:o|ad)|différée?|retardé|ritard|vertraag|opóźni|försena|forsink|viivästy|zpožd|gecik|задерж|отложен|"
    r"延迟|延遲|遅延"
)
FINAL = re.compile(
    r"permanent|giving up|gave up|given up|no (?:further|more) (?:delivery )?(?:attempt|tries|retries)|will not be retried|not be (?:"
    r"attempted|tried) again|endgültig|définitiv|definitiv|failed permanently|returned to sender|has been returned|could not be delivered (?:for"
    r"|within|after)|too long|retry timeout exceeded|(?:time|timeout|retries) (?:limit )?exceeded|undeliverable|delivery (?:\S+ ){0,4}failed"
)
PASSED_ON = re.compile(r"because|reason|error|said|diagnos|grund|motivo|raison|причин", re.IGNORECASE)
